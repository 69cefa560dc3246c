import { scaleLinear } from 'd3-scale';

import type { Scenario } from '#harness/contracts/records/run-record.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs } from '../document/format-quantity.ts';
import { chartAxes } from './chart-axes.ts';
import { limitAlong } from './chart-marks.ts';
import { linearDurationScale, type DurationScale } from './duration-scale.ts';
import { envelopePaths } from './envelope-paths.ts';
import { axisByOrder, axisBySchedule, latencyEnvelope, loadSpan } from './latency-envelope.ts';
import type { EnvelopeBucket } from './min-max-envelope.ts';
import { plotArea, svgChart } from './svg-chart.ts';

/** A limit is shown where it does not squeeze the data into less than this part of the height. */
const limitHeightMax = 2;

/** What the chart is drawn from. */
export interface LatencyOverRunSource {
  readonly queries: QueryLog;
  readonly scenario: Scenario;
  /** Limit of the latency, where there is one. */
  readonly limitNs?: number | undefined;
}

/** From a little below the smallest latency to a little above the largest, or above the limit where that is near. */
function latencyAxis(
  buckets: readonly EnvelopeBucket[],
  limitNs: number | undefined,
): DurationScale {
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
  const span = loadSpan(queries);
  const axis = scenario === 'server' ? axisBySchedule(span) : axisByOrder(span, scenario);
  const buckets = latencyEnvelope(queries, axis);
  const x = scaleLinear(axis.domain, [plotArea.left, plotArea.right]);
  const y = latencyAxis(buckets, limitNs);
  const label = axis.isWhole ? formatCount : x.tickFormat(7);
  const ticks = x.ticks(7).filter((value) => !axis.isWhole || Number.isInteger(value));
  const svg = svgChart([
    ...chartAxes({
      x: {
        title: axis.title,
        ticks: ticks.map((value) => ({ at: x(value), label: label(value) })),
      },
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
