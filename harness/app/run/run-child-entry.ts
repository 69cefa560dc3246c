import { Value } from 'typebox/value';

import { errorRecord } from '#harness/contracts/error-record.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';

import { executeRun } from './execute-run.ts';
import { RunOrderSchema } from './run-order.ts';

/** The daemon may be gone already: then nobody listens, and the run still ends safely. */
function tell(event: RunEvent): void {
  if (process.connected) process.send?.(event);
}

/** The end must have left this process before it exits. */
function tellEnd(outcome: RunOutcome): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve();
    else process.send({ type: 'ended', outcome }, undefined, undefined, () => resolve());
  });
}

const cancel = new AbortController();
process.on('message', (message: unknown) => {
  if (message === 'cancel') cancel.abort(new Error('cancelled'));
});
process.on('disconnect', () => cancel.abort(new Error('the daemon is gone')));
process.on('SIGTERM', () => cancel.abort(new Error('terminated')));
// Ctrl-C in a terminal reaches the whole group; the daemon decides what happens to runs.
process.on('SIGINT', () => {});

try {
  const order: unknown = JSON.parse(process.argv[2] ?? 'null');
  const outcome = await executeRun(Value.Parse(RunOrderSchema, order), tell, cancel.signal);
  await tellEnd(outcome);
} catch (error) {
  await tellEnd({
    outcome: 'failed',
    verdict: 'error',
    results: null,
    error: errorRecord(error),
    recordSha256: null,
    reportPath: null,
    boardSafe: false,
  });
}
if (process.connected) process.disconnect();
process.exit();
