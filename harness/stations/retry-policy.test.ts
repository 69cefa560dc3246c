import { expect, test } from 'vitest';

import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';
import {
  aborted,
  completed,
  failedWith,
  interrupted,
} from '#harness/store/testing/store-samples.ts';

import { shouldRequeue } from './retry-policy.ts';

test.each<[ErrorCode, number, boolean]>([
  ['serial/unplugged', 1, true],
  ['serial/unplugged', 2, true],
  ['serial/unplugged', 3, false],
  ['power/no-answer', 2, true],
  ['power/no-answer', 3, false],
  ['dut/no-answer', 1, false],
  ['dut/timeout', 1, true],
  ['dut/timeout', 2, false],
  ['dut/wrong-output', 1, false],
  ['run/child-died', 1, true],
  ['run/child-died', 2, false],
  ['run/bug', 1, false],
  ['power/samples-lost', 1, true],
  ['power/samples-lost', 2, false],
  ['job/invalid', 1, false],
  ['lease/stale-fence', 1, false],
])('after %s in attempt %i: queued again is %s', (code, attemptCount, isRequeued) => {
  expect(shouldRequeue(failedWith(code), attemptCount)).toBe(isRequeued);
});

test('an interrupted run is repeated up to 3 attempts, a completed or aborted one never', () => {
  expect([1, 2, 3].map((count) => shouldRequeue(interrupted, count))).toEqual([true, true, false]);
  expect(shouldRequeue(completed, 1)).toBe(false);
  expect(shouldRequeue(aborted, 1)).toBe(false);
});

test('a failure without an error is not repeated', () => {
  expect(shouldRequeue({ outcome: 'failed', error: null }, 1)).toBe(false);
});
