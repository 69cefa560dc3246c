import { area, line } from 'd3-shape';

import type { EnvelopeBucket } from './min-max-envelope.ts';
import { chartColours, coordinate, svgPath } from './svg-chart.ts';

function round(value: number): number {
  return Number(coordinate(value));
}

/** A band from the smallest to the largest value and a line along the mean. */
export function envelopePaths(
  buckets: readonly EnvelopeBucket[],
  at: { readonly x: (place: number) => number; readonly y: (value: number) => number },
): string[] {
  const band = area<EnvelopeBucket>()
    .x((bucket) => round(at.x(bucket.place)))
    .y0((bucket) => round(at.y(bucket.min)))
    .y1((bucket) => round(at.y(bucket.max)))([...buckets]);
  const mean = line<EnvelopeBucket>()
    .x((bucket) => round(at.x(bucket.place)))
    .y((bucket) => round(at.y(bucket.mean)))([...buckets]);
  return [
    svgPath(band ?? '', { fill: chartColours.band, stroke: chartColours.band, strokePt: 0.5 }),
    svgPath(mean ?? '', { stroke: chartColours.data, strokePt: 0.8 }),
  ];
}
