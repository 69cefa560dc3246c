import { expect, it } from 'vitest';

import { layoutRun } from '#reports/export/testing/layout-run.ts';

import { loadedSet } from './loaded-set.ts';

const { settings } = layoutRun('server').run.record;

it('lists the first samples of the data set for the portable order', () => {
  expect(loadedSet({ settings: { ...settings, performanceSampleCount: 3 } }, 9)).toEqual([0, 1, 2]);
});

it('lists the set of the sheet for the reference order and the official seeds', () => {
  const seeds = {
    qsl: '2085463073848966840',
    sampleIndex: '2747215439041700203',
    schedule: '16159082839903944936',
  };
  const reference = {
    ...settings,
    order: 'reference',
    seeds,
    performanceSampleCount: 1024,
  } as const;
  const set = loadedSet({ settings: reference }, 1024);
  expect(set?.slice(0, 8)).toEqual([216, 267, 822, 906, 663, 580, 710, 908]);
  expect(set).toHaveLength(1024);
});

it('lists none when the record does not name order and seeds', () => {
  const { order, seeds, ...older } = settings;
  expect([order, seeds]).not.toContain(undefined);
  expect(loadedSet({ settings: older }, 2000)).toBeUndefined();
});
