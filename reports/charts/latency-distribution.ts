import type { LatencyResult } from '#harness/contracts/records/run-record.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs } from '../document/format-quantity.ts';
import { chartAxes } from './chart-axes.ts';
import { curveMarks, limitAcross } from './chart-marks.ts';
import { cumulativeCurve, shareAt, shareTicks } from './cumulative-curve.ts';
import { durationScale } from './duration-scale.ts';
import { plotArea, svgChart } from './svg-chart.ts';
import { visitLatencies } from './visit-queries.ts';

/** What the chart is drawn from. */
export interface LatencyDistributionSource {
  readonly queries: QueryLog;
  /** The values of the record, which are what is marked. */
  readonly latency: LatencyResult;
  /** Limit of the latency, where there is one. */
  readonly limitNs?: number | undefined;
}

/** Which share of the completed queries was at least this quick, with p50, p90, p99 and the limit marked. */
export function latencyDistributionChart(source: LatencyDistributionSource): ReportChart {
  const { queries, latency, limitNs } = source;
  const x = durationScale({
    fromNs: Math.min(latency.minNs, limitNs ?? latency.minNs),
    toNs: Math.max(latency.maxNs, limitNs ?? latency.maxNs),
    place: [plotArea.left, plotArea.right],
  });
  const curve = cumulativeCurve(x, (take) => visitLatencies(queries, take));
  const marks = [
    { name: 'p50', share: 0.5, valueNs: latency.p50Ns },
    { name: 'p90', share: 0.9, valueNs: latency.p90Ns },
    { name: 'p99', share: 0.99, valueNs: latency.p99Ns },
  ].map(({ name, share, valueNs }) => ({
    name: `${name} ${formatDurationNs(valueNs)}`,
    x: x.at(valueNs),
    y: shareAt(share),
  }));
  const limit = limitNs === undefined ? undefined : `limit ${formatDurationNs(limitNs)}`;
  const svg = svgChart([
    ...chartAxes({
      x: {
        title: x.unit === '' ? 'latency, logarithmic' : `latency in ${x.unit}`,
        ticks: x.ticks,
      },
      y: { title: 'share of queries', ticks: shareTicks },
    }),
    curve.path,
    ...(limit === undefined ? [] : limitAcross(x.at(limitNs ?? 0), limit)),
    ...curveMarks(marks),
  ]);
  const named = [...marks.map(({ name }) => name), ...(limit === undefined ? [] : [limit])];
  const count = formatCount(curve.valueCount);
  return {
    title: 'Distribution of latency',
    svg,
    alt: `Cumulative distribution of ${count} latencies: ${named.join(', ')}.`,
    note: `${count} completed queries; the share at each place of the axis is counted, not estimated.`,
  };
}
