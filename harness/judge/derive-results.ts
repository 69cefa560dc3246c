import type { PhaseSpan, Results, RunSettings } from '#harness/contracts/records/run-record.ts';

import { sortedLatenciesNs } from './raw/query-log.ts';
import type { RawEvidence } from './raw/raw-evidence.ts';
import { accuracyResult } from './results/accuracy-result.ts';
import { energyResult } from './results/energy-result.ts';
import { latencyResult } from './results/latency-result.ts';
import { throughputResult } from './results/throughput-result.ts';

/**
 * Every number that a report may show, from the raw data alone. The engine calls it when a run ends, `assay verify`
 * whenever somebody asks; the same input gives the same bits. Pure; blocks for about 2.5 s per 1e7 queries.
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
  const { queries } = raw;
  const latency =
    queries === undefined
      ? undefined
      : latencyResult(queries, sortedLatenciesNs(queries), settings);
  const throughput = throughputResult({ settings, windows: raw.windows ?? [], latency });
  const energy = energyResult(raw, phases);
  return {
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(latency === undefined ? {} : { latency }),
    ...(throughput === undefined ? {} : { throughput }),
    ...(energy === undefined ? {} : { energy }),
  };
}
