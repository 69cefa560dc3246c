import { expect, test } from 'vitest';

import type { RunOutcome } from '#harness/contracts/run-event.ts';
import { aborted, completed, failedWith } from '#harness/store/testing/store-samples.ts';

import { finalOutcome } from './final-outcome.ts';
import type { StopReason } from './run-launcher.ts';

type Row = readonly [
  reported: RunOutcome,
  reason: StopReason | undefined,
  attempt: number,
  expected: readonly [outcome: string, verdict: string, code: string | undefined, requeue: boolean],
];

const died = { ...failedWith('run/child-died'), boardSafe: false };
const rows: readonly Row[] = [
  [completed, undefined, 1, ['completed', 'pass', undefined, false]],
  [completed, 'person', 1, ['completed', 'pass', undefined, false]],
  [completed, 'deadline', 1, ['completed', 'pass', undefined, false]],
  [aborted, 'person', 1, ['aborted', 'aborted', 'run/cancelled', false]],
  [died, 'person', 1, ['aborted', 'aborted', 'run/cancelled', false]],
  [aborted, 'shutdown', 1, ['interrupted', 'error', 'run/interrupted', true]],
  [aborted, 'shutdown', 3, ['interrupted', 'error', 'run/interrupted', false]],
  [aborted, undefined, 1, ['interrupted', 'error', 'run/interrupted', true]],
  [died, undefined, 1, ['failed', 'error', 'run/child-died', true]],
  [died, 'deadline', 1, ['failed', 'error', 'run/phase-deadline', true]],
  [died, 'deadline', 3, ['failed', 'error', 'run/phase-deadline', false]],
  [died, 'lease-lost', 1, ['failed', 'error', 'lease/stale-fence', false]],
];

test.each(rows)('%o stopped by %s in attempt %i', (...row) => {
  const [reported, reason, attempt, expected] = row;
  const { outcome, requeue } = finalOutcome({ runId: 'run-1', attempt }, reported, reason);
  expect([outcome.outcome, outcome.verdict, outcome.error?.code, requeue]).toEqual(expected);
  expect(outcome.boardSafe).toBe(reported.boardSafe);
  expect(outcome.results === null).toBe(outcome.outcome !== 'completed');
});
