import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { summariseLoad } from '../load/summarise-load.ts';
import { summaryOptions } from '../load/summary-options.ts';
import type { RawProbe } from '../raw/raw-evidence.ts';
import { peakBracket, searchConfidence } from './peak-bracket.ts';
import { probeFindings, type ProbeFindings } from './probe-findings.ts';

/** A probe as the record states it, and what its log says. */
interface DecidedProbe {
  readonly probe: PeakProbe;
  readonly findings: ProbeFindings;
}

function decided(raw: RawProbe, settings: RunSettings, targetLatencyNs: number): DecidedProbe {
  const { file, targetQps, endedEarly, log } = raw;
  const { percentile, outstandingCountMax = Number.POSITIVE_INFINITY } = settings;
  const summary = summariseLoad(log, summaryOptions({ ...settings, scenario: 'server' }));
  // More queries were waiting than may be: the device ended such a probe.
  const isOverloaded = endedEarly && summary.outstandingAtEndCount >= outstandingCountMax;
  const findings = probeFindings(log, { percentile, targetLatencyNs }, { isOverloaded });
  const { queryCount, overLimitCount, durationMs, decision } = findings;
  const percentileNs = summary.latency?.at(percentile) ?? null;
  const counts = { queryCount, overLimitCount, durationMs, percentileNs };
  return { probe: { file, targetQps, ...counts, decision, endedEarly }, findings };
}

/**
 * What the search for the highest rate found, each probe decided again from its queries.
 *
 * @returns undefined when there was no probe, or the settings are those of no search
 * @throws LabError evidence/unreadable
 */
export function peakResult(
  probes: readonly RawProbe[],
  settings: RunSettings,
): PeakResult | undefined {
  const { targetLatencyNs, peak } = settings;
  if (probes.length === 0 || targetLatencyNs === undefined || peak === undefined) return undefined;
  const all = probes.map((probe) => decided(probe, settings, targetLatencyNs));
  const points = all.map(({ probe, findings }) => ({ ...probe, findings }));
  const { holdsQps: peakQps = null, breaksQps: breaksAtQps = null } = peakBracket(points, peak);
  const stated = all.map(({ probe }) => probe);
  return { peakQps, breaksAtQps, confidence: searchConfidence, probes: stated };
}
