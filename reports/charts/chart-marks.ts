import { chartColours, plotArea, svgDot, svgLine, svgText } from './svg-chart.ts';

/** A value on a cumulative curve, with its name. */
export interface CurveMark {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Room that a label to the right of its mark takes, in points. */
const labelWidth = 90;

/** Dots with their names beside them, and a line down to the axis. */
export function curveMarks(marks: readonly CurveMark[]): string[] {
  const lines = marks.map((mark) =>
    svgLine({ x: mark.x, y: plotArea.bottom }, mark, { colour: chartColours.mark, dashes: '2 2' }),
  );
  const labels = marks.flatMap((mark) => {
    const isRoomRight = mark.x < plotArea.right - labelWidth;
    const place = { x: mark.x + (isRoomRight ? 7 : -7), y: mark.y + (isRoomRight ? 9 : 3) };
    return [
      svgDot(mark),
      svgText(place, mark.name, {
        anchor: isRoomRight ? 'start' : 'end',
        colour: chartColours.mark,
        isBold: true,
        hasHalo: true,
      }),
    ];
  });
  return [...lines, ...labels];
}

/** A limit on the x axis: a heavier line over the whole height, named near its foot. */
export function limitAcross(x: number, name: string): string[] {
  const { right, top, bottom } = plotArea;
  const isRoomRight = x < right - labelWidth;
  return [
    svgLine(
      { x, y: top },
      { x, y: bottom },
      { colour: chartColours.ink, strokePt: 1.2, dashes: '6 3' },
    ),
    svgText({ x: x + (isRoomRight ? 5 : -5), y: bottom - 7 }, name, {
      anchor: isRoomRight ? 'start' : 'end',
      isBold: true,
      hasHalo: true,
    }),
  ];
}

/** A limit on the y axis: a heavier line over the whole width, named at its left end. */
export function limitAlong(y: number, name: string): string[] {
  const { left, right } = plotArea;
  return [
    svgLine(
      { x: left, y },
      { x: right, y },
      { colour: chartColours.ink, strokePt: 1.2, dashes: '6 3' },
    ),
    svgText({ x: left + 5, y: y - 4 }, name, { isBold: true, hasHalo: true }),
  ];
}
