import type { PhaseSpan, Results, RunSettings } from '#harness/contracts/records/run-record.ts';

import { auditResult } from './compliance/audit-result.ts';
import { deviceTimesOf } from './load/device-times.ts';
import { summariseLoad } from './load/summarise-load.ts';
import { summaryOptions } from './load/summary-options.ts';
import { peakResult } from './peak/peak-result.ts';
import type { RawEvidence } from './raw/raw-evidence.ts';
import { accuracyResult } from './results/accuracy-result.ts';
import { energyResult } from './results/energy-result.ts';
import { latencyResult } from './results/latency-result.ts';
import { loadResult } from './results/load-result.ts';
import { throughputResult } from './results/throughput-result.ts';
import { tokenResult } from './results/token-result.ts';
import { deriveLoad1 } from './rule-set-1/derive-load-1.ts';
import { isOfRuleSet1 } from './rule-set.ts';
import { streamResult } from './stream/stream-result.ts';

/** What the queries of the load and the throughput windows say. */
function deriveLoad(raw: RawEvidence, settings: RunSettings): Results {
  const { queries, windows = [] } = raw;
  const summary =
    queries === undefined ? undefined : summariseLoad(queries, summaryOptions(settings));
  const latency = summary === undefined ? undefined : latencyResult(summary, settings);
  const load = summary === undefined ? undefined : loadResult(summary, settings);
  const tokens = summary === undefined ? undefined : tokenResult(summary, settings);
  const throughput = throughputResult({ settings, windows, latency, load });
  return {
    ...(latency === undefined ? {} : { latency }),
    ...(throughput === undefined ? {} : { throughput }),
    ...(load === undefined ? {} : { load }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** Of queries of one sample each that wait for no other: only there one duration is that of one query. */
function deriveDeviceTimes(
  { queries }: RawEvidence,
  settings: RunSettings,
): Pick<Results, 'deviceTimes'> {
  const { scenario, samplesPerQuery = 1, statesDeviceTimes } = settings;
  if (statesDeviceTimes !== true || queries === undefined) return {};
  if (scenario === 'offline' || samplesPerQuery > 1) return {};
  const deviceTimes = deviceTimesOf(queries);
  return deviceTimes === undefined ? {} : { deviceTimes };
}

/** What the probes of a search for the highest rate say. */
function derivePeak(raw: RawEvidence, settings: RunSettings): Pick<Results, 'peak'> {
  const peak = raw.probes === undefined ? undefined : peakResult(raw.probes, settings);
  return peak === undefined ? {} : { peak };
}

/**
 * Every number that a report may show, from the raw data alone. The engine calls it when a run ends, `assay verify`
 * whenever somebody asks; the same input gives the same bits. Pure, in constant memory; blocks for about 0.6 s per
 * 1e7 queries.
 *
 * @param phases - of the record; idle power is taken from `settling`
 * @returns only the parts that were measured
 * @throws LabError evidence/unreadable when the raw files contradict each other
 */
export function deriveResults(
  raw: RawEvidence,
  settings: RunSettings,
  phases: readonly PhaseSpan[],
): Results {
  const accuracy = accuracyResult(raw, settings);
  const load = isOfRuleSet1(settings) ? deriveLoad1(raw, settings) : deriveLoad(raw, settings);
  const energy = energyResult(raw, phases);
  const audit = auditResult(raw, settings);
  const stream = streamResult(raw, settings);
  return {
    ...(accuracy === undefined ? {} : { accuracy }),
    ...load,
    ...(energy === undefined ? {} : { energy }),
    ...deriveDeviceTimes(raw, settings),
    ...derivePeak(raw, settings),
    ...(audit === undefined ? {} : { audit }),
    ...(stream === undefined ? {} : { stream }),
  };
}
