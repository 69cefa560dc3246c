import { scaleLinear } from 'd3-scale';

import type { Scenario } from '#harness/contracts/records/run-record.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus } from '#harness/judge/raw/query-row.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs } from '../document/format-quantity.ts';
import { chartAxes } from './chart-axes.ts';
import { limitAlong } from './chart-marks.ts';
import { linearDurationScale, type DurationScale } from './duration-scale.ts';
import { envelopePaths } from './envelope-paths.ts';
import type { EnvelopeBucket } from './min-max-envelope.ts';
import { plotArea, svgChart } from './svg-chart.ts';
import { visitIssued } from './visit-queries.ts';

const bucketCountMax = 300;
/** A limit is shown where it does not squeeze the data into less than this part of the height. */
const limitHeightMax = 2;

/** What the chart is drawn from. */
export interface LatencyOverRunSource {
  readonly queries: QueryLog;
  readonly scenario: Scenario;
  /** Limit of the latency, where there is one. */
  readonly limitNs?: number | undefined;
}

/** How the queries are spread over the x axis. */
interface RunAxis {
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
interface LoadSpan {
  readonly queryCount: number;
  readonly firstAtNs: number;
  readonly lastAtNs: number;
}

function spanOf(queries: QueryLog): LoadSpan {
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

function bySeconds({ firstAtNs, lastAtNs }: LoadSpan): RunAxis {
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

function byPlace({ queryCount }: LoadSpan, scenario: Scenario): RunAxis {
  const count = Math.min(bucketCountMax, queryCount);
  const from = (bucket: number): number => Math.floor((bucket * queryCount) / count);
  return {
    title: scenario === 'offline' ? 'sample, in the order of the log' : 'query, in the order issued',
    noun: scenario === 'offline' ? 'samples' : 'queries',
    isWhole: true,
    domain: [1, Math.max(2, queryCount)],
    bucketOf: (_atNs, place) => Math.ceil(((place + 1) * count) / queryCount) - 1,
    middle: (bucket) => (from(bucket) + from(bucket + 1) - 1) / 2 + 1,
  };
}

/** Smallest, mean and largest latency of each stretch in which a query completed. */
function envelope(queries: QueryLog, axis: RunAxis): EnvelopeBucket[] {
  const counts = new Float64Array(bucketCountMax);
  const sums = new Float64Array(bucketCountMax);
  const smallest = new Float64Array(bucketCountMax).fill(Number.POSITIVE_INFINITY);
  const largest = new Float64Array(bucketCountMax);
  let place = -1;
  visitIssued(queries, ({ scheduledAtNs, latencyNs, status }, row) => {
    place += 1;
    if (status[row] !== rowStatus.completed) return;
    const bucket = axis.bucketOf(scheduledAtNs[row] ?? 0, place);
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

/** From a little below the smallest latency to a little above the largest, or above the limit where that is near. */
function latencyAxis(buckets: readonly EnvelopeBucket[], limitNs: number | undefined): DurationScale {
  const largestNs = Math.max(...buckets.map((bucket) => bucket.max));
  const smallestNs = Math.min(...buckets.map((bucket) => bucket.min));
  const isNear = limitNs !== undefined && limitNs <= largestNs * limitHeightMax;
  const topNs = isNear ? Math.max(largestNs, limitNs) : largestNs;
  const padNs = Math.max((topNs - smallestNs) * 0.08, topNs * 1e-4, 1e-3);
  const place = [plotArea.bottom, plotArea.top] as const;
  return linearDurationScale({ fromNs: smallestNs - padNs, toNs: topNs + padNs, place });
}

function limitLine(y: DurationScale, limitNs: number | undefined): string[] {
  if (limitNs === undefined) return [];
  const at = y.at(limitNs);
  const isShown = at >= plotArea.top && at <= plotArea.bottom;
  return isShown ? limitAlong(at, `limit ${formatDurationNs(limitNs)}`) : [];
}

/** Latency in the course of the load: shows drift, warm-up and outliers that a distribution hides. */
export function latencyOverRunChart(source: LatencyOverRunSource): ReportChart {
  const { queries, scenario, limitNs } = source;
  const span = spanOf(queries);
  const axis = scenario === 'server' ? bySeconds(span) : byPlace(span, scenario);
  const buckets = envelope(queries, axis);
  const x = scaleLinear(axis.domain, [plotArea.left, plotArea.right]);
  const y = latencyAxis(buckets, limitNs);
  const label = axis.isWhole ? formatCount : x.tickFormat(7);
  const ticks = x.ticks(7).filter((value) => !axis.isWhole || Number.isInteger(value));
  const svg = svgChart([
    ...chartAxes({
      x: { title: axis.title, ticks: ticks.map((value) => ({ at: x(value), label: label(value) })) },
      y: { title: `latency in ${y.unit}`, ticks: y.ticks },
    }),
    ...envelopePaths(buckets, { x, y: y.at }),
    ...limitLine(y, limitNs),
  ]);
  const counts = `${formatCount(span.queryCount)} ${axis.noun}, drawn as the smallest, mean and largest of ${formatCount(buckets.length)} stretches`;
  return {
    title: 'Latency over the run',
    svg,
    alt: `Latency over the run: ${counts}.`,
    note: `${counts}.`,
  };
}
