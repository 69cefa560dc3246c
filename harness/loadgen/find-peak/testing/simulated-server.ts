import { probeFindings, type ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { LoadTally } from '../../core/load-core-options.ts';
import type { ProbeOutcome } from '../find-peak.ts';
import { probeWatch } from '../probe-watch.ts';

/** Numbers in 0 <= u < 1, the same for a seed; for tests only. */
export function seededUnit(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b9) + 1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A device that answers one query after the other, in event time: nothing waits. */
export interface SimulatedServer {
  /** Seconds that the device needs for a query that it begins at this second of the search. */
  readonly serviceSeconds: (atSeconds: number, unit: () => number) => number;
  /** Added to every latency: a pipeline that does not limit the rate. */
  readonly delaySeconds?: number;
  readonly outstandingCountMax?: number;
}

/** Runs probes against a simulated device, the way a load core does. */
export interface SimulatedLab {
  readonly runProbe: (question: ProbeQuestion) => Promise<ProbeOutcome>;
  /** Seconds that all probes took, with what the device still had to answer. */
  readonly probeSeconds: () => number;
  readonly probeCount: () => number;
}

interface Trace {
  readonly scheduledAtNs: number[];
  readonly latencyNs: number[];
}

function logOf({ scheduledAtNs, latencyNs }: Trace): QueryLog {
  const rowCount = latencyNs.length;
  return {
    rowCount,
    scan: (visit) =>
      visit({
        rowCount,
        scheduledAtNs: Float64Array.from(scheduledAtNs.slice(0, rowCount)),
        issueDelayNs: new Float64Array(rowCount),
        latencyNs: Float64Array.from(latencyNs),
        status: new Uint8Array(rowCount).fill(rowStatus.completed),
      }),
  };
}

function emptyTally(): LoadTally {
  return {
    issuedCount: 0,
    completedCount: 0,
    failedCount: 0,
    lostCount: 0,
    lateCount: 0,
    duplicateCount: 0,
    unknownCount: 0,
    overLimitCount: 0,
    timedNs: 0,
    lastScheduledAtNs: 0,
  };
}

/** A lab with this device. @param isWatched - false: probes are never ended early */
export function simulatedLab(
  server: SimulatedServer,
  seed: number,
  isWatched = true,
): SimulatedLab {
  const unit = seededUnit(seed);
  const { delaySeconds = 0, outstandingCountMax = 100_000 } = server;
  let nowSeconds = 0;
  let probeCount = 0;
  const simulate = (question: ProbeQuestion): Omit<ProbeOutcome, 'file' | 'percentileNs'> => {
    const watch = probeWatch(question);
    const tally = emptyTally();
    const trace: Trace = { scheduledAtNs: [], latencyNs: [] };
    const lastSeconds = question.maxDurationMs / 1000;
    let arrivalSeconds = 0;
    let freeSeconds = 0;
    let endedBy: ProbeOutcome['endedBy'] = 'complete';
    const arriveUntil = (untilSeconds: number): void => {
      while (arrivalSeconds <= untilSeconds && arrivalSeconds < lastSeconds) {
        trace.scheduledAtNs.push(Math.round(arrivalSeconds * 1e9));
        tally.issuedCount += 1;
        tally.lastScheduledAtNs = Math.round(arrivalSeconds * 1e9);
        arrivalSeconds -= Math.log(1 - unit()) / question.targetQps;
      }
    };
    arriveUntil(0);
    for (let query = 0; query < trace.scheduledAtNs.length; query += 1) {
      const scheduledNs = trace.scheduledAtNs[query] ?? 0;
      const beginSeconds = Math.max(scheduledNs / 1e9, freeSeconds);
      freeSeconds = beginSeconds + server.serviceSeconds(nowSeconds + beginSeconds, unit);
      const latencyNs = Math.round((freeSeconds + delaySeconds) * 1e9) - scheduledNs;
      arriveUntil(freeSeconds);
      if (query + 1 === trace.scheduledAtNs.length) arriveUntil(arrivalSeconds);
      trace.latencyNs.push(latencyNs);
      tally.completedCount += 1;
      tally.timedNs += latencyNs;
      if (latencyNs > question.targetLatencyNs) tally.overLimitCount += 1;
      if (isWatched && watch.isDecided(tally)) endedBy = 'decided';
      else if (tally.issuedCount - tally.completedCount > outstandingCountMax)
        endedBy = 'overloaded';
      if (endedBy !== 'complete') break;
    }
    nowSeconds += Math.max(freeSeconds, endedBy === 'complete' ? lastSeconds : 0);
    const findings = probeFindings(logOf(trace), question, {
      isOverloaded: endedBy === 'overloaded',
    });
    return { endedBy, findings };
  };
  return {
    runProbe: async (question) => {
      probeCount += 1;
      return { file: `raw/probe-${probeCount}.bin`, percentileNs: null, ...simulate(question) };
    },
    probeSeconds: () => nowSeconds,
    probeCount: () => probeCount,
  };
}

/** Always the same time per query. */
export function constantService(seconds: number): SimulatedServer {
  return { serviceSeconds: () => seconds };
}

/** Exponentially distributed times per query. */
export function exponentialService(meanSeconds: number): SimulatedServer {
  return { serviceSeconds: (_atSeconds, unit) => -Math.log(1 - unit()) * meanSeconds };
}
