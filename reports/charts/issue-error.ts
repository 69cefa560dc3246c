import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs } from '../document/format-quantity.ts';
import { chartAxes } from './chart-axes.ts';
import { curveMarks } from './chart-marks.ts';
import { cumulativeCurve, shareAt, shareTicks } from './cumulative-curve.ts';
import { logDurationScale } from './duration-scale.ts';
import { plotArea, svgChart } from './svg-chart.ts';
import { visitIssued } from './visit-queries.ts';

/** The axis begins so many times below the median. */
const roomBelowMedian = 100;
/** Smallest span of the axis. */
const ratioMin = 100;

/** Where the axis begins and ends: never at 0, which a logarithmic axis does not have. */
function axisEnds(issueDelay: NonNullable<LoadResult['issueDelay']>): {
  readonly fromNs: number;
  readonly toNs: number;
} {
  const fromNs = Math.max(1, issueDelay.p50Ns / roomBelowMedian);
  return { fromNs, toNs: Math.max(issueDelay.maxNs * 1.2, fromNs * ratioMin) };
}

/** How late queries were issued against their schedule: the load generator's own error, p50 and p99 marked. */
export function issueErrorChart(
  queries: QueryLog,
  issueDelay: NonNullable<LoadResult['issueDelay']>,
): ReportChart {
  const ends = axisEnds(issueDelay);
  const x = logDurationScale({ ...ends, place: [plotArea.left, plotArea.right] });
  let belowCount = 0;
  const curve = cumulativeCurve(x, (take) => {
    visitIssued(queries, ({ issueDelayNs }, row) => {
      const delayNs = issueDelayNs[row] ?? 0;
      if (delayNs <= ends.fromNs) belowCount += 1;
      take(delayNs);
    });
  });
  const marks = [
    { name: 'p50', share: 0.5, valueNs: issueDelay.p50Ns },
    { name: 'p99', share: 0.99, valueNs: issueDelay.p99Ns },
  ].map(({ name, share, valueNs }) => ({
    name: `${name} ${formatDurationNs(valueNs)}`,
    x: x.at(valueNs),
    y: shareAt(share),
  }));
  const svg = svgChart([
    ...chartAxes({
      x: { title: 'issue instant after its schedule, logarithmic', ticks: x.ticks },
      y: { title: 'share of queries', ticks: shareTicks },
    }),
    curve.path,
    ...curveMarks(marks),
  ]);
  const count = formatCount(curve.valueCount);
  const below =
    belowCount === 0
      ? ''
      : ` ${formatCount(belowCount)} of them by ${formatDurationNs(ends.fromNs)} or less, at the left edge.`;
  return {
    title: 'Issue error',
    svg,
    alt: `Cumulative distribution of the issue delay of ${count} queries on a logarithmic axis: ${marks.map(({ name }) => name).join(', ')}.`,
    note: `How much later than scheduled each of ${count} queries was issued; latency counts from the schedule and so includes it.${below}`,
  };
}
