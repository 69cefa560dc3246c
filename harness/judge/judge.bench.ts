import { systemClock } from '#harness/kernel/system-clock.ts';

import { summariseLoad } from './load/summarise-load.ts';
import { queryLogMagic } from './raw/query-log-file.ts';
import { decodeQueryLog } from './raw/query-log.ts';
import { queryRowByteCount, queryRowWordCount, rowStatus, writeQueryRow } from './raw/query-row.ts';
import { median } from './statistics/median.ts';

/** One line of the benchmark table, in microseconds; the ratio is ours over the reference. */
interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs: number;
  readonly ratio: number;
}

const queryCount = 1e7;
const roundCount = 3;
const clock = systemClock();

/** A server log: latencies of 1 ms with a tail, as devices have them; the same each time. */
function serverLog(rowCount: number): Uint8Array {
  const bytes = new Uint8Array(8 + rowCount * queryRowByteCount);
  bytes.set(Buffer.from(queryLogMagic, 'latin1'));
  const words = new Uint32Array(bytes.buffer, 8);
  let state = 1;
  for (let row = 0; row < rowCount; row += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const share = (state + 1) / 4_294_967_297;
    writeQueryRow(words, row * queryRowWordCount, {
      scheduledAtNs: row * 2000,
      issueDelayNs: state >>> 22,
      latencyNs: Math.floor(1e6 - 2e5 * Math.log(share)),
      status: rowStatus.completed,
    });
  }
  return bytes;
}

function timedUs(work: () => unknown): number {
  const startedAtNs = clock.nowNs();
  work();
  return (clock.nowNs() - startedAtNs) / 1000;
}

function medianUs(work: () => unknown): number {
  return median(Array.from({ length: roundCount }, () => timedUs(work)));
}

/**
 * Everything that a verdict needs of 1e7 queries, from bytes: counts, exact mean, six percentiles, early stopping and
 * issue delays; beside a plain sort of as many latencies that are in memory already.
 */
export function benchStatistics(): Promise<readonly BenchRow[]> {
  const log = decodeQueryLog(serverLog(queryCount));
  const options = { percentile: 0.99, targetLatencyNs: 5e6, queryDeadlineNs: 1e9 };
  const latencies = new Float64Array(queryCount);
  let filled = 0;
  log.scan(({ latencyNs, rowCount }) => {
    latencies.set(latencyNs.subarray(0, rowCount), filled);
    filled += rowCount;
  });
  const sortUs = medianUs(() => latencies.toSorted());
  const row = (name: string, ours: number): BenchRow => ({
    name,
    medianUs: ours,
    referenceMedianUs: sortUs,
    ratio: ours / sortUs,
  });
  return Promise.resolve([
    row(
      'statistics of 1e7 queries, stream: against a sort',
      medianUs(() => summariseLoad(log, { ...options, isScheduled: false })),
    ),
    row(
      'statistics of 1e7 queries, server with issue delays: against a sort',
      medianUs(() => summariseLoad(log, { ...options, isScheduled: true })),
    ),
  ]);
}
