import { streamWordByteCount } from '#harness/contracts/define-suite.ts';
import type { StreamSettings } from '#harness/contracts/records/stream-record.ts';
import { encodeStreamLog, streamFile, type StreamWord } from '#harness/judge/stream/stream-log.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { deviceOf, type RunBench } from './run-bench.ts';
import { writeEvidence } from './write-evidence.ts';

/** How often a run that only listens says that it is alive. */
const progressEveryMs = 2000;

/** The words of the audio: the samples of the data set, whose hash was checked. */
function wordsOf(bytes: Uint8Array): StreamWord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / streamWordByteCount }, (_, index) => {
    const at = index * streamWordByteCount;
    return { startMs: view.getUint32(at, true), endMs: view.getUint32(at + 4, true) };
  });
}

/** Tells how long the audio has been playing, until it is stopped. */
async function tellProgress(
  bench: RunBench,
  { audioFile, durationMs }: StreamSettings,
  stop: AbortSignal,
): Promise<void> {
  const startedAtNs = bench.clock.nowNs();
  const totalCount = Math.ceil(durationMs / 1000);
  while (!stop.aborted) {
    const playedSeconds = Math.floor((bench.clock.nowNs() - startedAtNs) / 1e9);
    const doneCount = Math.min(totalCount, playedSeconds);
    const note = `s of ${audioFile}`;
    bench.tell({ type: 'progress', step: 'stream', doneCount, totalCount, note });
    try {
      await bench.clock.sleep(progressEveryMs, stop);
    } catch {
      return; // Stopped: the stream is over.
    }
  }
}

/**
 * Plays the stream once and keeps what the bench recorded of it.
 *
 * @throws LabError of the device, dut/unsupported where it does not listen, evidence/…
 */
export async function measureStream(
  bench: RunBench,
  settings: StreamSettings,
  signal: AbortSignal,
): Promise<void> {
  const { audioFile, durationMs } = settings;
  const samples = assertDefined(bench.found.samples, 'the data set was prepared in securing');
  const over = new AbortController();
  const progress = tellProgress(bench, settings, AbortSignal.any([signal, over.signal]));
  try {
    const answer = await deviceOf(bench).call('stream', { audioFile, durationMs }, { signal });
    const log = { words: wordsOf(samples.bytes), ...answer };
    writeEvidence(bench.order.bundleDir, streamFile, encodeStreamLog(log));
  } finally {
    over.abort();
    await progress;
  }
}
