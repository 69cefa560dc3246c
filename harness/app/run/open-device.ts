import { sampleByteCount } from '#harness/contracts/define-suite.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import { startDutThread } from './dut-thread.ts';
import type { RunBench } from './run-bench.ts';

function sharedCopy(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/**
 * Opens the board in the thread that owns it from now on.
 *
 * @throws LabError of the driver when it cannot be opened
 */
export async function openDevice(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { order, board, suite, originNs, log, onReading } = bench;
  const samples = assertDefined(bench.found.samples, 'prepared before the board is opened');
  bench.found.thread = await startDutThread(
    {
      configPath: order.configPath,
      boardId: board.id,
      suiteId: suite.id,
      originNs: originNs.toString(),
      samples: sharedCopy(samples.bytes),
      sampleByteCount: sampleByteCount(suite),
    },
    { log, onReading },
    signal,
  );
}

/** A port that does not close within this is given up with its thread. */
const closeWithinMs = 3000;

/** Closes the board's port, so that another program can have it; `openDevice` opens it again. */
export async function closeDevice(bench: RunBench): Promise<void> {
  const { thread } = bench.found;
  if (thread === undefined) return;
  delete bench.found.thread;
  try {
    // The end of a thread alone leaves the port open, and locked.
    const signal = withDeadline(closeWithinMs);
    await raceSignal(thread.call('close', null, { signal }), signal);
  } catch (error) {
    bench.log({ level: 'warn', message: 'port not closed', fields: { error: String(error) } });
  } finally {
    await thread[Symbol.asyncDispose]();
  }
}
