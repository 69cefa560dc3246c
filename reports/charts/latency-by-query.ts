import { scaleLinear } from 'd3-scale';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount } from '../document/format-quantity.ts';
import { chartAxes } from './chart-axes.ts';
import { durationUnit } from './duration-unit.ts';
import { envelopePaths } from './envelope-paths.ts';
import { minMaxEnvelope } from './min-max-envelope.ts';
import { plotArea, svgChart } from './svg-chart.ts';

const bucketCountMax = 300;

/**
 * Latency in the order of the queries: shows drift, warm-up and outliers that a distribution hides.
 *
 * @param latencyNs - in the order issued; NaN where a query did not complete
 */
export function latencyByQueryChart(latencyNs: Float64Array): ReportChart {
  const buckets = minMaxEnvelope(latencyNs, bucketCountMax);
  const largestNs = Math.max(...buckets.map((bucket) => bucket.max));
  const smallestNs = Math.min(...buckets.map((bucket) => bucket.min));
  const unit = durationUnit(largestNs);
  const { left, right, top, bottom } = plotArea;
  const x = scaleLinear([1, Math.max(2, latencyNs.length)], [left, right]);
  const pad = Math.max((largestNs - smallestNs) * 0.08, largestNs * 1e-4);
  const domain = [(smallestNs - pad) / unit.ns, (largestNs + pad) / unit.ns];
  const y = scaleLinear(domain, [bottom, top]);
  const label = y.tickFormat(5);
  const ticks = x.ticks(7).filter((value) => Number.isInteger(value));
  const svg = svgChart([
    ...chartAxes({
      x: {
        title: 'query, in the order issued',
        ticks: ticks.map((value) => ({ at: x(value), label: formatCount(value) })),
      },
      y: {
        title: `latency in ${unit.name}`,
        ticks: y.ticks(5).map((value) => ({ at: y(value), label: label(value) })),
      },
    }),
    ...envelopePaths(buckets, {
      x: (place) => x(place + 1),
      y: (valueNs) => y(valueNs / unit.ns),
    }),
  ]);
  const counts = `${formatCount(latencyNs.length)} queries, drawn as the smallest, mean and largest of ${formatCount(buckets.length)} stretches`;
  return {
    title: 'Latency over the run',
    svg,
    alt: `Latency by query: ${counts}.`,
    note: `${counts}.`,
  };
}
