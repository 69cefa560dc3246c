import { labError } from '#harness/contracts/error-catalogue.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { judgeRecorded } from '#harness/judge/recorded/judge-recorded.ts';
import type { RecordedJudgement } from '#harness/judge/recorded/recorded-judgement.ts';
import {
  recordedLog,
  type DefaultInstants,
  type RecordedQueries,
} from '#harness/judge/recorded/recorded-load.ts';
import type { RecordedSettings } from '#harness/judge/recorded/recorded-settings.ts';
import { ruleSetDefaults } from '#harness/judge/rule-set.ts';
import { loadPlanSettings, type LoadFileSettings } from '#harness/loadgen/plan/plan-settings.ts';
import { arrivalGaps } from '#harness/loadgen/schedule/arrival-gaps.ts';

import { int64Latencies } from './int64-latencies.ts';
import { judgeSettings } from './judge-settings.ts';
import { openLatenciesFile, type LatenciesFile } from './latencies-file.ts';
import { recordedColumns } from './recorded-columns.ts';
import { recordedQueries } from './recorded-queries.ts';

/** A log to judge, and what was taken for given to get it. */
interface Recorded {
  readonly log: QueryLog;
  readonly assumptions: readonly string[];
}

function recordedSettings(file: LoadFileSettings): RecordedSettings {
  const { scenario, minDurationMs, minQueryCount, targetQps } = file;
  const { targetPercentile, targetLatencyNs, ttftTargetNs, tpotTargetNs } = file;
  return {
    scenario,
    minDurationMs,
    minQueryCount,
    targetPercentile: targetPercentile ?? ruleSetDefaults[scenario].percentile,
    samplesPerQuery: loadPlanSettings(file).samplesPerQuery,
    ...(targetQps === undefined ? {} : { targetQps }),
    ...(targetLatencyNs === undefined ? {} : { targetLatencyNs }),
    ...(ttftTargetNs === undefined ? {} : { ttftTargetNs }),
    ...(tpotTargetNs === undefined ? {} : { tpotTargetNs }),
  };
}

/** The schedule of the settings, from its beginning. */
function scheduleOf(file: LoadFileSettings): () => () => number {
  if (file.targetQps === undefined)
    throw labError(
      'loadgen/settings-invalid',
      'targetQps: missing; server needs it where the latencies have no scheduledNs',
    );
  const settings = loadPlanSettings(file);
  return () => {
    const nextGapNs = arrivalGaps(settings);
    let atNs = 0;
    return () => {
      const dueNs = atNs;
      atNs += nextGapNs();
      return dueNs;
    };
  };
}

function defaultInstants(file: LoadFileSettings): {
  readonly instants: DefaultInstants;
  readonly assumption?: string;
} {
  switch (file.scenario) {
    case 'offline':
      return { instants: { kind: 'load-start' } };
    case 'server':
      return {
        instants: { kind: 'schedule', schedule: scheduleOf(file) },
        assumption: `no scheduled instants: those of the plan, by order ${file.order}, seed ${file.seeds.schedule} and ${file.targetQps ?? 1} queries/s`,
      };
    case 'single-stream':
    case 'multi-stream':
      return {
        instants: { kind: 'back-to-back' },
        assumption: 'no issue instants: each query was issued when the one before it completed',
      };
  }
}

function fromQueries(
  queries: RecordedQueries,
  file: LoadFileSettings,
  assumptions: readonly string[],
): Recorded {
  if (queries.countedFromNs !== undefined)
    return { log: recordedLog(queries, { kind: 'load-start' }), assumptions };
  const { instants, assumption } = defaultInstants(file);
  return {
    log: recordedLog(queries, instants),
    assumptions: assumption === undefined ? assumptions : [...assumptions, assumption],
  };
}

function recorded(latencies: LatenciesFile, file: LoadFileSettings): Recorded {
  switch (latencies.kind) {
    case 'query-log':
      return { log: latencies.log, assumptions: [] };
    case 'int64':
      return fromQueries(int64Latencies(latencies.source), file, []);
    case 'json': {
      const { queries, assumptions } = recordedQueries(
        recordedColumns(latencies.value),
        file.scenario,
      );
      return fromQueries(queries, file, assumptions);
    }
  }
}

/** Limits without the data that they are about would be met by saying nothing. */
function checkTokens(judged: RecordedJudgement, settings: RecordedSettings): void {
  const { scenario, ttftTargetNs, tpotTargetNs } = settings;
  const isAsked = ttftTargetNs !== undefined || tpotTargetNs !== undefined;
  if (scenario !== 'server' || !isAsked || judged.tokens !== undefined) return;
  throw labError(
    'loadgen/latencies-invalid',
    'the settings have limits of tokens, but no query tells of its first token and its tokens',
  );
}

/**
 * Judges recorded latencies by the rules of the field, whoever recorded them.
 *
 * @param settingsPath - `-` reads standard input
 * @param latenciesPath - JSON, little-endian int64, or a query log of ours
 * @throws LabError loadgen/settings-unreadable, loadgen/settings-invalid, loadgen/latencies-invalid, evidence/unreadable
 */
export async function judgeLatencies(
  settingsPath: string,
  latenciesPath: string,
): Promise<RecordedJudgement> {
  const { file, assumptions: ofSettings } = await judgeSettings(settingsPath);
  using latencies = openLatenciesFile(latenciesPath);
  const { log, assumptions } = recorded(latencies, file);
  const settings = recordedSettings(file);
  const judged = judgeRecorded(log, settings, [...ofSettings, ...assumptions]);
  checkTokens(judged, settings);
  return judged;
}
