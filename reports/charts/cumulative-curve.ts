import { curveStepAfter, line } from 'd3-shape';

import type { DurationScale } from './duration-scale.ts';
import { chartColours, coordinate, plotArea, svgPath } from './svg-chart.ts';

/** Steps of a curve to one point of the page: finer than a line is wide. */
const stepsPerPoint = 2;
const stepCount = (plotArea.right - plotArea.left) * stepsPerPoint;

/** Where a share of all queries stands on the page. */
export function shareAt(share: number): number {
  return plotArea.bottom - share * (plotArea.bottom - plotArea.top);
}

/** Ticks of an axis of shares. */
export const shareTicks = [0, 0.25, 0.5, 0.75, 1].map((share) => ({
  at: shareAt(share),
  label: `${share * 100}\u00A0%`,
}));

/** A cumulative curve and how many values it is drawn from. */
export interface CumulativeCurve {
  readonly path: string;
  readonly valueCount: number;
}

/**
 * The share of the values that are at or below each place of the axis: every share is exact, only the place is rounded
 * to half a point of the page. Memory does not grow with the number of values.
 *
 * @param visitAll - calls back with every value in nanoseconds, once, in any order
 */
export function cumulativeCurve(
  scale: DurationScale,
  visitAll: (take: (valueNs: number) => void) => void,
): CumulativeCurve {
  const counts = new Float64Array(stepCount + 1);
  let valueCount = 0;
  visitAll((valueNs) => {
    const step = Math.ceil((scale.at(valueNs) - plotArea.left) * stepsPerPoint);
    const inside = Math.min(stepCount, Math.max(0, step));
    counts[inside] = (counts[inside] ?? 0) + 1;
    valueCount += 1;
  });
  const points: (readonly [x: number, y: number])[] = [[plotArea.left, shareAt(0)]];
  let below = 0;
  for (const [step, count] of counts.entries()) {
    if (count === 0) continue;
    below += count;
    points.push([plotArea.left + step / stepsPerPoint, shareAt(below / valueCount)]);
  }
  points.push([plotArea.right, shareAt(valueCount === 0 ? 0 : 1)]);
  const path = line<readonly [number, number]>()
    .x(([x]) => Number(coordinate(x)))
    .y(([, y]) => Number(coordinate(y)))
    .curve(curveStepAfter)(points);
  return { path: svgPath(path ?? '', { stroke: chartColours.data, strokePt: 1.3 }), valueCount };
}
