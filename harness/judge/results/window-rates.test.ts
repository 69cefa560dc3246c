import { expect, it } from 'vitest';

import { testSettings } from '../testing/test-settings.ts';
import { windowRates } from './window-rates.ts';

/** A window of a published run in which the two ways of rounding differ. */
const window = {
  inferenceCount: 250,
  startedAtNs: 0,
  endedAtNs: 11e9,
  deviceDurationNs: 10_847_205_000,
};

it('rounds as the public runner does, and as it was in records of rule set 2', () => {
  const { statesDeviceTimes: _times, ...second } = testSettings;
  expect(windowRates([window], testSettings)).toEqual([250 / 10.847205]);
  expect(windowRates([window], second)).toEqual([(250 * 1e9) / 10_847_205_000]);
  expect(250 / 10.847205).not.toBe((250 * 1e9) / 10_847_205_000);
});
