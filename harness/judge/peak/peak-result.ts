import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { summariseLoad, type LoadSummary } from '../load/summarise-load.ts';
import { summaryOptions } from '../load/summary-options.ts';
import type { RawProbe } from '../raw/raw-evidence.ts';
import { peakBracket, type ProbePoint } from './peak-bracket.ts';
import { probeFindings, type ProbeQuestion } from './probe-findings.ts';
import { searchConfidence } from './weighed-decision.ts';

/** What the search needs of the settings. */
type SearchSettings = Required<Pick<RunSettings, 'peak' | 'targetLatencyNs'>>;

/** A probe with what it was asked and what its queries say. */
interface DecidedProbe {
  readonly point: ProbePoint;
  readonly record: PeakProbe;
}

/** More queries were waiting than may be: the device ended such a probe. */
function isOverloaded(
  probe: RawProbe,
  summary: LoadSummary,
  { outstandingCountMax = Number.POSITIVE_INFINITY }: RunSettings,
): boolean {
  return probe.endedEarly && summary.outstandingAtEndCount >= outstandingCountMax;
}

function decided(probe: RawProbe, settings: RunSettings, search: SearchSettings): DecidedProbe {
  const { file, targetQps, endedEarly, log } = probe;
  const { probeMinDurationMs, probeMaxDurationMs } = search.peak;
  const summary = summariseLoad(log, summaryOptions({ ...settings, scenario: 'server' }));
  const question: ProbeQuestion = {
    targetQps,
    targetLatencyNs: search.targetLatencyNs,
    percentile: settings.percentile,
    minDurationMs: probe.minDurationMs ?? probeMinDurationMs,
    maxDurationMs: probe.maxDurationMs ?? probeMaxDurationMs,
  };
  const end = { isOverloaded: isOverloaded(probe, summary, settings) };
  const findings = probeFindings(log, question, end);
  const { queryCount, overLimitCount, durationMs, decision } = findings;
  const percentileNs = summary.latency?.at(settings.percentile) ?? null;
  const counts = { queryCount, overLimitCount, durationMs, percentileNs };
  return {
    point: { targetQps, maxDurationMs: question.maxDurationMs, findings },
    record: { file, targetQps, ...counts, decision, endedEarly },
  };
}

/**
 * What the search for the highest rate found, each probe decided again from its queries.
 *
 * @param probes - in the order in which they were run
 * @returns undefined when there was no probe, or the settings are of no search
 * @throws LabError evidence/unreadable
 */
export function peakResult(
  probes: readonly RawProbe[],
  settings: RunSettings,
): PeakResult | undefined {
  const { peak, targetLatencyNs } = settings;
  if (probes.length === 0 || peak === undefined || targetLatencyNs === undefined) return undefined;
  const all = probes.map((probe) => decided(probe, settings, { peak, targetLatencyNs }));
  const points = all.map(({ point }) => point);
  const { holdsQps = null, breaksQps = null } = peakBracket(points, peak.resolution);
  return {
    peakQps: holdsQps,
    breaksAtQps: breaksQps,
    confidence: searchConfidence,
    probes: all.map(({ record }) => record),
  };
}
