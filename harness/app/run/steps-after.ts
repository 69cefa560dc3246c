import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LinkCounters } from '#harness/contracts/records/run-record.ts';

import { checkExpectedIdentity, checkSameDevice } from './check-identity.ts';
import { openDevice } from './open-device.ts';
import { deviceOf, type RunBench } from './run-bench.ts';

/** The same board with the same model as before, and the power trace complete. */
export async function verify(bench: RunBench, signal: AbortSignal): Promise<void> {
  await bench.found.power?.stop(signal);
  const before = bench.found.identity;
  const now = await deviceOf(bench).call('identify', null, { signal });
  if (before !== undefined) {
    checkSameDevice(bench.board.id, { before, now }, 'after measuring');
    checkExpectedIdentity(bench.board, now, 'after measuring');
  }
  if (before === undefined || now.model !== before.model) {
    const was = `${before?.vendor} with ${before?.model}`;
    const message = `board ${bench.board.id} was ${was}, after measuring it is ${now.vendor} with ${now.model}`;
    throw labError('dut/identity-mismatch', message);
  }
}

function withErrorRate(counters: LinkCounters): LinkCounters {
  const { commandCount, retryCount, resyncCount, garbledReplyCount } = counters;
  if (commandCount === 0) return counters;
  return {
    ...counters,
    errorRate: (retryCount + resyncCount + garbledReplyCount) / commandCount,
  };
}

/** Counters are worth having even from a run that failed; a dead thread has none to give. */
async function keepCounters(bench: RunBench, signal: AbortSignal): Promise<void> {
  try {
    const counters = await bench.found.thread?.call('counters', null, { signal });
    if (counters !== undefined) bench.found.counters = withErrorRate(counters);
    const deviceClock = await bench.found.thread?.call('deviceClock', null, { signal });
    if (deviceClock !== null && deviceClock !== undefined) bench.found.deviceClock = deviceClock;
  } catch (error) {
    bench.log({ level: 'warn', message: 'no link counters', fields: { error: String(error) } });
  }
}

async function releaseDevice(bench: RunBench, signal: AbortSignal): Promise<void> {
  // A recovery or a deploy may have broken off while the port was closed, the power off: nobody knows how the board is.
  if (bench.found.thread === undefined && bench.found.identity !== undefined)
    await openDevice(bench, signal);
  const { thread } = bench.found;
  if (thread === undefined) return;
  await keepCounters(bench, signal);
  try {
    await thread.call('release', null, { signal });
  } finally {
    await thread[Symbol.asyncDispose]();
  }
}

/** Board and meter in their safe state. Both are tried, whatever happens to the other. */
export async function release(bench: RunBench, signal: AbortSignal): Promise<void> {
  const outcomes = await Promise.allSettled([
    releaseDevice(bench, signal),
    bench.found.power?.release(signal) ?? Promise.resolve(),
  ]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      const fields = { error: String(outcome.reason) };
      bench.log({ level: 'error', message: 'release failed', fields });
      throw outcome.reason;
    }
  }
}
