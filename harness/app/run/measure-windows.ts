import type { InferenceWindow } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { encodeWindows, windowDurationNs, windowsFile } from '#harness/judge/raw/windows.ts';

import { deviceOf, type RunBench } from './run-bench.ts';
import { writeEvidence } from './write-evidence.ts';

/** A throughput window that came out short is repeated with a larger count this often at most. */
const windowRepeatCountMax = 4;
/** How much longer than needed a window is planned, so that jitter does not make it short. */
const windowMargin = 1.1;

/** One window of at least the wanted length; short ones are logged and repeated with a larger count. */
async function measureWindow(
  bench: RunBench,
  plan: { readonly sampleIndex: number; readonly inferenceCount: number },
  signal: AbortSignal,
): Promise<InferenceWindow> {
  const neededNs = bench.settings.minWindowMs * 1e6;
  let { inferenceCount } = plan;
  for (let attempt = 0; attempt < windowRepeatCountMax; attempt += 1) {
    const { sampleIndex } = plan;
    const window = await deviceOf(bench).call(
      'window',
      { sampleIndex, inferenceCount },
      { signal },
    );
    if (windowDurationNs(window) >= neededNs) return window;
    bench.log({ level: 'info', message: 'window too short, repeated', fields: { ...window } });
    inferenceCount =
      Math.ceil(((inferenceCount * neededNs) / windowDurationNs(window)) * windowMargin) + 1;
  }
  const message = `no window of ${bench.settings.minWindowMs} ms in ${windowRepeatCountMax} tries`;
  throw labError('run/window-too-short', message);
}

/**
 * The throughput windows of a single stream.
 *
 * @param medianLatencyNs - of the load before, for planning them
 * @throws LabError of the device, run/window-too-short
 */
export async function measureWindows(
  bench: RunBench,
  medianLatencyNs: number,
  signal: AbortSignal,
): Promise<void> {
  const { windowCount, performanceSampleCount } = bench.settings;
  const windows: InferenceWindow[] = [];
  let inferenceCount = Math.ceil(
    ((bench.settings.minWindowMs * 1e6) / medianLatencyNs) * windowMargin,
  );
  for (let index = 0; index < windowCount; index += 1) {
    const note = `window ${index + 1} of ${windowCount}`;
    bench.tell({
      type: 'progress',
      step: 'windows',
      doneCount: index,
      totalCount: windowCount,
      note,
    });
    const sampleIndex = index % performanceSampleCount;
    const window = await measureWindow(bench, { sampleIndex, inferenceCount }, signal);
    windows.push(window);
    inferenceCount = Math.ceil(
      ((window.inferenceCount * bench.settings.minWindowMs * 1e6) / windowDurationNs(window)) *
        windowMargin,
    );
  }
  writeEvidence(bench.order.bundleDir, windowsFile, encodeWindows(windows));
}
