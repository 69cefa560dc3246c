import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { summariseLoad } from '../load/summarise-load.ts';
import { summaryOptions } from '../load/summary-options.ts';
import type { RawProbe } from '../raw/raw-evidence.ts';
import { probeConfidence, type ProbeDecision } from './probe-decision.ts';
import { probeFindings } from './probe-findings.ts';

function probeResult(probe: RawProbe, settings: RunSettings, targetLatencyNs: number): PeakProbe {
  const { file, targetQps, endedEarly, log } = probe;
  const { percentile, outstandingCountMax = Number.POSITIVE_INFINITY } = settings;
  const summary = summariseLoad(log, summaryOptions({ ...settings, scenario: 'server' }));
  // More queries were waiting than may be: the device ended such a probe.
  const isOverloaded = endedEarly && summary.outstandingAtEndCount >= outstandingCountMax;
  const findings = probeFindings(log, { percentile, targetLatencyNs }, { isOverloaded });
  const { queryCount, overLimitCount, durationMs, decision } = findings;
  const percentileNs = summary.latency?.at(percentile) ?? null;
  const counts = { queryCount, overLimitCount, durationMs, percentileNs };
  return { file, targetQps, ...counts, decision, endedEarly };
}

/**
 * The highest rate that holds with no lower rate, and not itself, breaking; and the lowest rate that breaks.
 *
 * @param probes - in any order
 */
export function peakOfProbes(
  probes: readonly Pick<PeakProbe, 'targetQps' | 'decision'>[],
): Pick<PeakResult, 'peakQps' | 'breaksAtQps'> {
  const ratesOf = (wanted: ProbeDecision): number[] =>
    probes.filter(({ decision }) => decision === wanted).map(({ targetQps }) => targetQps);
  const breaksAt = Math.min(...ratesOf('breaks'));
  const holding = ratesOf('holds').filter((qps) => qps < breaksAt);
  return {
    peakQps: holding.length === 0 ? null : Math.max(...holding),
    breaksAtQps: Number.isFinite(breaksAt) ? breaksAt : null,
  };
}

/**
 * What the search for the highest rate found, each probe decided again from its queries.
 *
 * @returns undefined when there was no probe, or there is no limit of the latency
 * @throws LabError evidence/unreadable
 */
export function peakResult(
  probes: readonly RawProbe[],
  settings: RunSettings,
): PeakResult | undefined {
  const { targetLatencyNs } = settings;
  if (probes.length === 0 || targetLatencyNs === undefined) return undefined;
  const decided = probes.map((probe) => probeResult(probe, settings, targetLatencyNs));
  return { ...peakOfProbes(decided), confidence: probeConfidence, probes: decided };
}
