import type { QueryRow } from '#harness/judge/raw/query-row.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { rowRingReader } from '#harness/loadgen/row-ring-reader.ts';
import { rowRingWriter } from '#harness/loadgen/row-ring-writer.ts';
import { makeRowRing } from '#harness/loadgen/row-ring.ts';
import type { RowWriter } from '#harness/loadgen/row-writer.ts';

import type { Quantiles } from './null-load-protocol.ts';

const rowCapacity = 65_536;
/** Durations that are kept one by one; those of longer loads are of its first so many queries. */
const durationCountMax = 10_000_000;

/** Rows as in a run, into a ring of a run, but nobody writes them to a disk. */
export interface NullRows {
  readonly writer: RowWriter;
  readonly issueErrorNs: () => Quantiles;
  readonly latencyNs: () => Quantiles;
}

/** Quantiles by rank `floor(n * p)`. @param durations - is sorted */
function quantiles(durations: Uint32Array): Quantiles {
  durations.sort();
  const at = (share: number): number =>
    durations[Math.min(durations.length - 1, Math.floor(durations.length * share))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** A place for durations; no allocation after it was made. */
function durationList(countMax: number): {
  readonly add: (durationNs: number) => void;
  readonly quantiles: () => Quantiles;
} {
  const durations = new Uint32Array(Math.min(countMax, durationCountMax));
  let count = 0;
  return {
    add: (durationNs) => {
      if (count >= durations.length) return;
      durations[count] = Math.min(durationNs, 0xffffffff);
      count += 1;
    },
    quantiles: () => quantiles(durations.subarray(0, count)),
  };
}

/**
 * The rows of a null load.
 *
 * @param queryCountMax - for how many queries durations are kept; 0 for none
 */
export function nullRows(clock: Clock, queryCountMax: number): NullRows {
  const ring = makeRowRing({ rowCapacity });
  const writer = rowRingWriter(ring, clock);
  const reader = rowRingReader(ring);
  const issueErrors = durationList(queryCountMax);
  const latencies = durationList(queryCountMax);
  let heldCount = 0;
  /** Half the ring at a time: between two of them adding costs what it costs in a run. */
  const makeRoom = (rowCount: number): void => {
    heldCount += rowCount;
    if (heldCount < rowCapacity / 2) return;
    reader.release(heldCount);
    heldCount = 0;
  };
  return {
    writer: {
      add: (row: QueryRow) => {
        writer.add(row);
        issueErrors.add(row.issueDelayNs);
        latencies.add(row.latencyNs);
        makeRoom(1);
      },
      addRange: (row, rowCount) => {
        const step = rowCapacity / 4;
        for (let left = rowCount; left > 0; left -= step) {
          const count = Math.min(left, step);
          assertDefined(writer.addRange, 'a ring takes ranges')(row, count);
          makeRoom(count);
        }
      },
      rowCount: writer.rowCount,
    },
    issueErrorNs: issueErrors.quantiles,
    latencyNs: latencies.quantiles,
  };
}
