import { expect, it } from 'vitest';

import { isFieldShown, jobRequestOf, loadFields } from './job-request.ts';

const base = { suiteId: 'keyword-spotting', boardId: 'tiny-1', scenario: 'server', mode: 'both' };

it('sends what was typed as numbers, seconds as milliseconds', () => {
  const values = { ...base, targetQps: '1200.5', targetLatencyMs: ' 15 ', minDurationMs: '2.5' };
  expect(jobRequestOf(values)).toStrictEqual({
    ...base,
    load: { targetQps: 1200.5, targetLatencyMs: 15, minDurationMs: 2500 },
  });
});

it('does not send what was left empty', () => {
  const values = { ...base, targetQps: '', targetLatencyMs: '  ', audit: '' };
  expect(jobRequestOf(values)).toStrictEqual(base);
});

it('sends the audit of a compliance run', () => {
  const values = { ...base, mode: 'compliance', audit: 'no-caching' };
  expect(jobRequestOf(values)).toStrictEqual(values);
});

it.each([
  ['single-stream', ['minDurationMs']],
  ['multi-stream', ['samplesPerQuery', 'minDurationMs']],
  ['server', ['targetQps', 'targetLatencyMs', 'minDurationMs']],
  ['offline', ['minDurationMs']],
  ['find-peak', ['peakStartQps', 'targetLatencyMs']],
])('offers in %s: %s', (scenario, names) => {
  const shown = loadFields.filter((field) => isFieldShown(field, scenario));
  expect(shown.map(({ name }) => name)).toStrictEqual(names);
});
