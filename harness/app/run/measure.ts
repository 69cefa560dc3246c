import { join } from 'node:path';

import { encodeLabels, labelsFile } from '#harness/judge/raw/labels.ts';
import { queryDetailsFile } from '#harness/judge/raw/query-details.ts';
import { queryLogFile } from '#harness/judge/raw/query-log-file.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { openQueryLogFile } from '#reports/evidence/query-log-file.ts';

import { checkExpectedIdentity, checkSameDevice } from './check-identity.ts';
import { latencyPercentileNs } from './latency-percentile.ts';
import { measureAccuracy } from './measure-accuracy.ts';
import { measureAudit } from './measure-audit.ts';
import { measurePeak } from './measure-peak.ts';
import { measureStream } from './measure-stream.ts';
import { measureWindows } from './measure-windows.ts';
import { deviceOf, type RunBench } from './run-bench.ts';
import { runLoadToFile } from './run-load-to-file.ts';
import { writeEvidence } from './write-evidence.ts';

/** The load, and the windows where there are any. */
async function measurePerformance(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { settings, order } = bench;
  const files = { file: queryLogFile, detailsFile: queryDetailsFile };
  await runLoadToFile(bench, { settings, ...files, step: 'performance' }, signal);
  if (settings.windowCount === 0) return;
  using log = openQueryLogFile(join(order.bundleDir, queryLogFile));
  const medianNs = latencyPercentileNs(log, 0.5);
  await measureWindows(bench, assertDefined(medianNs, 'a complete load has latencies'), signal);
}

/** What is measured is what was identified, and nothing that was plugged in since. */
async function confirmDevice(bench: RunBench, signal: AbortSignal): Promise<void> {
  const before = assertDefined(bench.found.identity, 'identified before it is measured');
  const now = await deviceOf(bench).call('identify', null, { signal });
  checkSameDevice(bench.board.id, { before, now }, 'before measuring');
  checkExpectedIdentity(bench.board, now, 'before measuring');
}

async function measureAll(bench: RunBench, signal: AbortSignal): Promise<void> {
  await confirmDevice(bench, signal);
  const { mode, scenario, accuracySampleCount, stream } = bench.settings;
  if (stream !== undefined) {
    await measureStream(bench, stream, signal);
    return;
  }
  const samples = assertDefined(bench.found.samples, 'the data set was prepared in securing');
  writeEvidence(bench.order.bundleDir, labelsFile, encodeLabels(samples.labels));
  if (accuracySampleCount > 0) await measureAccuracy(bench, signal);
  if (mode === 'accuracy') return;
  if (mode === 'compliance') await measureAudit(bench, signal);
  else if (scenario === 'find-peak') await measurePeak(bench, signal);
  else await measurePerformance(bench, signal);
}

/** Accuracy, then the load, then the throughput windows, or else the stream, while power is recorded. A broken capture ends it. */
export async function measure(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { power } = bench.found;
  if (power === undefined) {
    await measureAll(bench, signal);
    return;
  }
  const stopMeasuring = new AbortController();
  const task = measureAll(bench, AbortSignal.any([signal, stopMeasuring.signal]));
  try {
    await power.guard(task);
  } catch (error) {
    stopMeasuring.abort(error);
    await Promise.allSettled([task]);
    throw error;
  }
}
