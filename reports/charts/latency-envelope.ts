import type { Scenario } from '#harness/contracts/records/run-record.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { EnvelopeBucket } from './min-max-envelope.ts';
import { visitIssued } from './visit-queries.ts';

const bucketCountMax = 300;

/** How the queries are spread over the x axis. */
export interface RunAxis {
  readonly title: string;
  readonly noun: string;
  /** Whether only whole numbers mean something. */
  readonly isWhole: boolean;
  /** Queries, or seconds: the x axis from its first to its last value. */
  readonly domain: readonly [number, number];
  /** The stretch of a query, by its instant and its place in the log. */
  readonly bucketOf: (scheduledAtNs: number, place: number) => number;
  /** The value of the x axis in the middle of a stretch. */
  readonly middle: (bucket: number) => number;
}

/** How many queries were issued, and between which scheduled instants. */
export interface LoadSpan {
  readonly queryCount: number;
  readonly firstAtNs: number;
  readonly lastAtNs: number;
}

/** Reads the log once. */
export function loadSpan(queries: QueryLog): LoadSpan {
  let queryCount = 0;
  let firstAtNs = Number.POSITIVE_INFINITY;
  let lastAtNs = 0;
  visitIssued(queries, ({ scheduledAtNs }, row) => {
    const atNs = scheduledAtNs[row] ?? 0;
    queryCount += 1;
    firstAtNs = Math.min(firstAtNs, atNs);
    lastAtNs = Math.max(lastAtNs, atNs);
  });
  return { queryCount, firstAtNs, lastAtNs };
}

/** Along the schedule, in seconds. */
export function axisBySchedule({ firstAtNs, lastAtNs }: LoadSpan): RunAxis {
  const lengthNs = Math.max(1, lastAtNs - firstAtNs);
  return {
    title: 'seconds from the first scheduled instant to that of the query',
    noun: 'queries',
    isWhole: false,
    domain: [0, lengthNs / 1e9],
    bucketOf: (atNs) =>
      Math.min(bucketCountMax - 1, Math.floor(((atNs - firstAtNs) * bucketCountMax) / lengthNs)),
    middle: (bucket) => ((bucket + 0.5) * lengthNs) / bucketCountMax / 1e9,
  };
}

/** Along the order of the log. */
export function axisByOrder({ queryCount }: LoadSpan, scenario: Scenario): RunAxis {
  const count = Math.min(bucketCountMax, queryCount);
  const from = (bucket: number): number => Math.floor((bucket * queryCount) / count);
  return {
    title:
      scenario === 'offline' ? 'sample, in the order of the log' : 'query, in the order issued',
    noun: scenario === 'offline' ? 'samples' : 'queries',
    isWhole: true,
    domain: [1, Math.max(2, queryCount)],
    bucketOf: (_atNs, place) => Math.ceil(((place + 1) * count) / queryCount) - 1,
    middle: (bucket) => (from(bucket) + from(bucket + 1) - 1) / 2 + 1,
  };
}

/** Smallest, mean and largest latency of each stretch in which a query completed. */
export function latencyEnvelope(queries: QueryLog, axis: RunAxis): EnvelopeBucket[] {
  const counts = new Float64Array(bucketCountMax);
  const sums = new Float64Array(bucketCountMax);
  const smallest = new Float64Array(bucketCountMax).fill(Number.POSITIVE_INFINITY);
  const largest = new Float64Array(bucketCountMax);
  let issuedPlace = -1;
  visitIssued(queries, ({ scheduledAtNs, latencyNs, status }, row) => {
    issuedPlace += 1;
    if (status[row] !== rowStatus.completed) return;
    const bucket = axis.bucketOf(scheduledAtNs[row] ?? 0, issuedPlace);
    const valueNs = latencyNs[row] ?? 0;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    sums[bucket] = (sums[bucket] ?? 0) + valueNs;
    smallest[bucket] = Math.min(smallest[bucket] ?? valueNs, valueNs);
    largest[bucket] = Math.max(largest[bucket] ?? valueNs, valueNs);
  });
  return Array.from(counts, (count, bucket) => ({
    place: axis.middle(bucket),
    min: smallest[bucket] ?? 0,
    max: largest[bucket] ?? 0,
    mean: (sums[bucket] ?? 0) / count,
  })).filter((_bucket, place) => counts[place] !== 0);
}
