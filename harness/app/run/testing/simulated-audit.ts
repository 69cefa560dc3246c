import type { AuditDefinition, AuditOptions } from '#harness/contracts/define-audit.ts';
import type { AuditResult } from '#harness/contracts/records/audit-record.ts';
import type { RunSettings, Verdict } from '#harness/contracts/records/run-record.ts';
import { auditResult } from '#harness/judge/compliance/audit-result.ts';
import { auditRules } from '#harness/judge/compliance/audit-rules.ts';
import { encodeLegAnswer, type LegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import { encodeLegList, legListFile, type LegEntry } from '#harness/judge/compliance/leg-files.ts';
import type { AccuracyEntry } from '#harness/judge/raw/accuracy-log.ts';
import { queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { queryRowByteCount, writeQueryRow } from '#harness/judge/raw/query-row.ts';
import { decodeRawEvidence } from '#harness/judge/raw/raw-evidence.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { loadCore } from '#harness/loadgen/core/load-core.ts';
import type { CompletionSink, LoadTarget } from '#harness/loadgen/load-target.ts';
import { accuracyLogSampler } from '#harness/loadgen/order/accuracy-log-sampler.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import { querySource } from '#harness/loadgen/plan/query-source.ts';
import type { RowWriter } from '#harness/loadgen/row-writer.ts';

import { auditLegs, sizedLikeBase, type AuditLegPlan } from '../audit-legs.ts';

/** Samples of the simulated data set. */
export const simulatedLibraryCount = 1000;

/** A query as a simulated device gets it. */
export interface SimulatedQuery {
  readonly samples: Uint32Array;
  /** From 1, over the whole audit. */
  readonly legNumber: number;
  /** From 0 in each leg. */
  readonly queryNumber: number;
}

/** A device: how long it takes, and what it says; one query after the other. */
export interface SimulatedDevice {
  readonly serviceNs: (query: SimulatedQuery) => number;
  /** @param isLoad - false in the accuracy run */
  readonly answer: (sampleIndex: number, isLoad: boolean) => LegAnswer;
  /** Queries that it never answers. */
  readonly loses?: (query: SimulatedQuery) => boolean;
}

/** What an audit of a simulated device gave. */
export interface SimulatedOutcome {
  readonly result: AuditResult;
  readonly verdict: Verdict;
  readonly settings: RunSettings;
}

function planSettings(settings: RunSettings, qps: number): LoadPlanSettings {
  const own = String(settings.seed);
  const seeds = settings.seeds ?? { qsl: own, sampleIndex: own, schedule: own };
  const { scenario } = settings;
  if (scenario === 'find-peak') throw new Error('no audit searches a rate');
  return {
    scenario,
    mode: 'performance',
    order: settings.order ?? 'portable',
    selection: settings.selection ?? 'normal',
    sameIndex: settings.sameIndex ?? 0,
    seeds: { ...seeds, accuracyLog: seeds.accuracyLog ?? '0' },
    librarySampleCount: simulatedLibraryCount,
    performanceSampleCount: settings.performanceSampleCount,
    samplesPerQuery: settings.samplesPerQuery ?? 1,
    minDurationMs: settings.minDurationMs,
    minQueryCount: settings.minQueryCount,
    qps: settings.targetQps ?? qps,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: settings.accuracyLogSamplingTarget ?? 0,
  };
}

/** Rows in memory, as the bytes of a query log. */
function memoryRows(): RowWriter & { readonly bytes: () => Uint8Array } {
  const rows: Uint32Array[] = [];
  return {
    add: (row) => {
      const words = new Uint32Array(queryRowByteCount / 4);
      writeQueryRow(words, 0, row);
      rows.push(words);
    },
    rowCount: () => rows.length,
    bytes: () =>
      Buffer.concat([
        Buffer.from(queryLogMagic),
        ...rows.map((words) => new Uint8Array(words.buffer)),
      ]),
  };
}

/** Completions to come, of a device that does one query after the other. */
interface Queue {
  readonly target: LoadTarget;
  readonly nextAtNs: () => number;
  readonly completeNext: () => void;
  /** Answers that the load keeps. */
  readonly kept: LegAnswer[];
}

function simulatedQueue(
  device: SimulatedDevice,
  leg: AuditLegPlan,
  tools: { readonly clock: Clock; readonly keeps: () => boolean; readonly perQuery: number },
): Queue {
  const pending: { queryId: number; atNs: number }[] = [];
  const kept: LegAnswer[] = [];
  let sink: CompletionSink | undefined;
  let freeAtNs = 0;
  const take = (queryId: number, samples: Uint32Array): void => {
    for (const sampleIndex of samples) {
      if (tools.keeps()) kept.push(device.answer(sampleIndex, true));
    }
    const query = { samples, legNumber: leg.legNumber, queryNumber: queryId };
    if (device.loses?.(query) === true) return;
    const startsAtNs = Math.max(freeAtNs, tools.clock.nowNs());
    freeAtNs = startsAtNs + Math.round(device.serviceNs(query));
    pending.push({ queryId, atNs: freeAtNs });
  };
  return {
    kept,
    target: {
      connect: (given) => {
        sink = given;
      },
      issue: ({ firstQueryId, queryCount, samples }) => {
        for (let place = 0; place < queryCount; place += 1) {
          const from = place * tools.perQuery;
          take(firstQueryId + place, samples.slice(from, from + tools.perQuery));
        }
        return queryCount;
      },
    },
    nextAtNs: () => pending[0]?.atNs ?? Number.POSITIVE_INFINITY,
    completeNext: () => {
      const next = pending.shift();
      if (next !== undefined) sink?.complete(next.queryId, next.atNs);
    },
  };
}

/** One leg in simulated time, through the real order and the real load core. */
function runLeg(
  device: SimulatedDevice,
  leg: AuditLegPlan,
  settings: RunSettings,
): { readonly bytes: Uint8Array; readonly kept: readonly LegAnswer[]; readonly rowCount: number } {
  let nowNs = 0;
  const clock: Clock = { nowNs: () => nowNs, utcMs: () => 0, sleep: () => Promise.resolve() };
  const plan = planSettings(settings, 1000);
  const source = querySource(plan);
  const rows = memoryRows();
  const keeps = accuracyLogSampler(plan);
  const queue = simulatedQueue(device, leg, { clock, keeps, perQuery: source.samplesPerQuery });
  const { minDurationMs, minQueryCount, maxDurationMs, queryDeadlineMs, percentile } = settings;
  const core = loadCore({
    scenario: plan.scenario,
    source,
    target: queue.target,
    rows,
    clock,
    limits: {
      minDurationMs,
      minQueryCount,
      maxDurationMs,
      queryDeadlineMs,
      percentile,
      // Offline all of them would wait for each other until their deadline.
      outstandingCountMax: plan.scenario === 'offline' ? 64 : 65_536,
      ...(plan.selection === 'equal-issue'
        ? { countMultiple: settings.performanceSampleCount }
        : {}),
    },
  });
  while (core.poll(nowNs) === undefined) {
    nowNs = Math.max(nowNs, Math.min(core.dueAtNs(), queue.nextAtNs()));
    if (queue.nextAtNs() <= nowNs) queue.completeNext();
  }
  return { bytes: rows.bytes(), kept: queue.kept, rowCount: rows.rowCount() };
}

function accuracyRun(device: SimulatedDevice): AccuracyEntry[] {
  return Array.from({ length: simulatedLibraryCount }, (_, sampleIndex) => {
    const answer = device.answer(sampleIndex, false);
    const output = 'output' in answer ? answer.output : Float32Array.of(0);
    return { sampleIndex, output };
  });
}

/** Runs every leg, writes the raw files, reads them again and judges them. */
export function simulateAudit(
  audit: AuditDefinition,
  device: SimulatedDevice,
  { base, options }: { readonly base: RunSettings; readonly options?: AuditOptions },
): SimulatedOutcome {
  const settings = { ...base, audit: audit.settings(base, options) };
  const files = new Map<string, Uint8Array>();
  const list: LegEntry[] = [];
  let baseRowCount = 0;
  for (const leg of auditLegs(settings)) {
    const { bytes, kept, rowCount } = runLeg(device, leg, sizedLikeBase(leg, baseRowCount));
    if (leg.role === 'base') baseRowCount = rowCount;
    const { role, file, answersFile } = leg;
    files.set(file, bytes);
    if (answersFile === undefined) list.push({ role, file });
    else {
      files.set(answersFile, Buffer.from(kept.map((answer) => encodeLegAnswer(answer)).join('')));
      list.push({ role, file, answersFile });
    }
  }
  files.set(legListFile, Buffer.from(encodeLegList(list)));
  const { legs } = decodeRawEvidence((path) => files.get(path));
  const raw = { accuracy: accuracyRun(device), ...(legs === undefined ? {} : { legs }) };
  const result = auditResult(raw, settings);
  if (result === undefined) throw new Error('an audit has a result');
  const unmet = auditRules({ settings, results: { audit: result } }).filter(({ met }) => !met);
  const isOpen = unmet.some(({ kind }) => kind === 'validity');
  const failed = unmet.length > 0 ? 'fail' : 'pass';
  return { result, settings, verdict: isOpen ? 'inconclusive' : failed };
}
