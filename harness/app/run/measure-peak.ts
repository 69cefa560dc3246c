import { join } from 'node:path';

import type { PeakProbe } from '#harness/contracts/records/load-results.ts';
import { probeFindings, type ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';
import { encodeProbes, probesFile, type ProbeEntry } from '#harness/judge/raw/probes.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { findPeak, type ProbeOutcome } from '#harness/loadgen/find-peak/find-peak.ts';
import { openQueryLogFile } from '#reports/evidence/query-log-file.ts';

import { startIssueThread, type IssueThread } from '../load/issue-thread.ts';
import { latencyPercentileNs } from './latency-percentile.ts';
import type { RunBench } from './run-bench.ts';
import { runLoadToFile } from './run-load-to-file.ts';
import { writeEvidence } from './write-evidence.ts';

/** Four digits, or all before the point. */
function rateText(qps: number): string {
  return qps >= 1000 ? qps.toFixed(0) : qps.toPrecision(4);
}

/** One probe: a server load that ends as soon as its rate is known to hold or to break. */
async function runProbe(
  bench: RunBench,
  probe: {
    readonly question: ProbeQuestion;
    readonly file: string;
    readonly issueThread: IssueThread;
  },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { question, file, issueThread } = probe;
  const { settings, order } = bench;
  const { targetQps, maxDurationMs } = question;
  const { endedBy } = await runLoadToFile(
    bench,
    {
      settings: {
        ...settings,
        targetQps,
        minDurationMs: maxDurationMs,
        minQueryCount: 1,
        maxDurationMs: maxDurationMs + settings.queryDeadlineMs,
      },
      file,
      step: 'performance',
      notePrefix: `probe at ${rateText(targetQps)} q/s, `,
      probe: question,
      issueThread,
    },
    signal,
  );
  using log = openQueryLogFile(join(order.bundleDir, file));
  return {
    file,
    endedBy,
    findings: probeFindings(log, question, { isOverloaded: endedBy === 'overloaded' }),
    percentileNs: latencyPercentileNs(log, settings.percentile) ?? null,
  };
}

/**
 * Searches the highest server rate that holds the latency limit. The list of probes is written anew after each.
 *
 * @throws LabError of the device, evidence/…
 */
export async function measurePeak(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { settings, order } = bench;
  const peak = assertDefined(settings.peak, 'a search has its settings');
  const targetLatencyNs = assertDefined(settings.targetLatencyNs, 'a search has a latency limit');
  const done: ProbeEntry[] = [];
  await using issueThread = await startIssueThread({ originNs: bench.originNs.toString() }, signal);
  const found = await findPeak({
    settings: peak,
    percentile: settings.percentile,
    targetLatencyNs,
    runProbe: (question, stop) => {
      const file = `raw/probes/${String(done.length + 1).padStart(2, '0')}.bin`;
      return runProbe(bench, { question, file, issueThread }, stop);
    },
    onProbe: ({ file, targetQps, endedEarly, decision, queryCount }: PeakProbe) => {
      done.push({ file, targetQps, endedEarly });
      writeEvidence(order.bundleDir, probesFile, encodeProbes(done));
      const fields = { file, targetQps, endedEarly, decision, queryCount };
      bench.log({ level: 'info', message: 'probe ended', fields });
    },
    signal,
  });
  const fields = { because: found.because, peakQps: found.result.peakQps };
  bench.log({ level: 'info', message: 'search ended', fields });
}
