import { encodeWindows, windowsFile } from '#harness/judge/raw/windows.ts';

import { calibratedWindows } from './calibrated-windows.ts';
import { deviceOf, type RunBench } from './run-bench.ts';
import { writeEvidence } from './write-evidence.ts';

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
  const { windowCount, minWindowMs } = bench.settings;
  const windows = await calibratedWindows({
    windowCount,
    minWindowMs,
    sampleCount: bench.suite.dataset.sampleCount,
    latencyNs: medianLatencyNs,
    ask: (plan) => deviceOf(bench).call('window', plan, { signal }),
    onWindow: (doneCount) => {
      const note = `window ${doneCount + 1} of ${windowCount}`;
      bench.tell({ type: 'progress', step: 'windows', doneCount, totalCount: windowCount, note });
    },
    onShort: (window) =>
      bench.log({ level: 'info', message: 'window too short, repeated', fields: { ...window } }),
  });
  writeEvidence(bench.order.bundleDir, windowsFile, encodeWindows(windows));
}
