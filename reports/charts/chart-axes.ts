import { chartColours, plotArea, svgLine, svgText } from './svg-chart.ts';

/** A tick: where it is and what it says. */
export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

/** Frame, grid, ticks and titles of both axes. */
export function chartAxes(axes: {
  readonly x: { readonly title: string; readonly ticks: readonly AxisTick[] };
  readonly y: { readonly title: string; readonly ticks: readonly AxisTick[] };
}): string[] {
  const { left, right, top, bottom } = plotArea;
  const grid = { colour: chartColours.grid };
  const frame = { colour: chartColours.muted };
  const muted = { colour: chartColours.muted };
  return [
    ...axes.x.ticks.flatMap(({ at, label }) => [
      svgLine({ x: at, y: top }, { x: at, y: bottom }, grid),
      svgLine({ x: at, y: bottom }, { x: at, y: bottom + 3 }, frame),
      svgText({ x: at, y: bottom + 12 }, label, { anchor: 'middle', ...muted }),
    ]),
    ...axes.y.ticks.flatMap(({ at, label }) => [
      svgLine({ x: left, y: at }, { x: right, y: at }, grid),
      svgText({ x: left - 5, y: at + 3 }, label, { anchor: 'end', ...muted }),
    ]),
    svgLine({ x: left, y: bottom }, { x: right, y: bottom }, frame),
    svgLine({ x: left, y: top }, { x: left, y: bottom }, frame),
    svgText({ x: right, y: bottom + 26 }, axes.x.title, { anchor: 'end' }),
    svgText({ x: left, y: top - 8 }, axes.y.title),
  ];
}
