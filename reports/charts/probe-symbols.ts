import type { PeakProbe } from '#harness/contracts/records/load-results.ts';

import { chartColours, coordinate, plotArea, svgPath, svgText } from './svg-chart.ts';

const symbolRadius = 3.4;

/** A place on the page, in points. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A path from steps that are relative to a place. */
function pathAt({ x, y }: Place, steps: string): string {
  return `M${coordinate(x)},${coordinate(y)}${steps}`;
}

/** The sign of a decision: a filled disc holds, a cross breaks, a hollow diamond is undecided. */
export function probeSymbol(place: Place, decision: PeakProbe['decision']): string {
  const r = symbolRadius;
  switch (decision) {
    case 'holds':
      return svgPath(
        pathAt(place, `m${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`),
        { fill: chartColours.data, stroke: 'white', strokePt: 0.8 },
      );
    case 'breaks':
      return svgPath(
        pathAt(place, `m${-r},${-r}l${2 * r},${2 * r}m${-2 * r},0l${2 * r},${-2 * r}`),
        { stroke: chartColours.mark, strokePt: 1.8 },
      );
    case 'undecided':
      return svgPath(pathAt(place, `m${-r},0l${r},${-r}l${r},${r}l${-r},${r}z`), {
        fill: 'white',
        stroke: chartColours.ink,
        strokePt: 1,
      });
  }
}

/** The signs with their words, above the plot. */
export function probeLegend(): string[] {
  const y = plotArea.top - 11;
  return (['holds', 'breaks', 'undecided'] as const).flatMap((decision, place) => {
    const x = plotArea.right - 150 + place * 52;
    return [probeSymbol({ x, y }, decision), svgText({ x: x + 7, y: y + 3 }, decision)];
  });
}
