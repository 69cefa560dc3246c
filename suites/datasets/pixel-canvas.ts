/** Pixels along each side of a picture. */
export const pictureSidePixels = 32;

/** Red, green, blue; 0..255 each, not rounded. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A place on the picture in pixels from its upper left corner; pixel centres lie at halves. */
export interface PixelPoint {
  readonly xPixels: number;
  readonly yPixels: number;
}

/** A picture being painted: 32 x 32 x 3 values, row by row, red green blue together, not yet rounded. */
export type PixelCanvas = Float64Array;

/** What is painted: the colour, where it covers, and the square outside of which nothing is looked at. */
export interface PaintStroke {
  readonly colour: Colour;
  readonly covers: (point: PixelPoint) => boolean;
  readonly centre: PixelPoint;
  /** Nothing of the stroke lies farther than this from its centre along either axis. */
  readonly reachPixels: number;
}

/** Sub-pixels along each side of a pixel, whose share that is covered sets how much of the colour shows. */
const subPixels = 3;

/** An empty, black picture. */
export function blankCanvas(): PixelCanvas {
  return new Float64Array(pictureSidePixels * pictureSidePixels * 3);
}

/** Moves one pixel towards a colour; `share` 0 leaves it, 1 replaces it. Mutates the canvas. */
export function blendPixel(
  canvas: PixelCanvas,
  pixelIndex: number,
  paint: { colour: Colour; share: number },
): void {
  for (const [channel, value] of paint.colour.entries()) {
    const before = canvas[pixelIndex * 3 + channel] ?? 0;
    canvas[pixelIndex * 3 + channel] = before + paint.share * (value - before);
  }
}

function coveredShare(stroke: PaintStroke, corner: PixelPoint): number {
  let covered = 0;
  for (let sub = 0; sub < subPixels * subPixels; sub += 1) {
    const xPixels = corner.xPixels + ((sub % subPixels) + 0.5) / subPixels;
    const yPixels = corner.yPixels + (Math.floor(sub / subPixels) + 0.5) / subPixels;
    if (stroke.covers({ xPixels, yPixels })) covered += 1;
  }
  return covered / (subPixels * subPixels);
}

/** The first and one past the last pixel along an axis that a stroke may touch. */
function span(centrePixels: number, reachPixels: number): readonly [from: number, to: number] {
  return [
    Math.max(0, Math.floor(centrePixels - reachPixels)),
    Math.min(pictureSidePixels, Math.ceil(centrePixels + reachPixels)),
  ];
}

/** Paints over what is there, with smoothed edges; what falls off the picture is left out. Mutates the canvas. */
export function paintStroke(canvas: PixelCanvas, stroke: PaintStroke): void {
  const [left, right] = span(stroke.centre.xPixels, stroke.reachPixels);
  const [top, bottom] = span(stroke.centre.yPixels, stroke.reachPixels);
  for (let yPixels = top; yPixels < bottom; yPixels += 1) {
    for (let xPixels = left; xPixels < right; xPixels += 1) {
      const share = coveredShare(stroke, { xPixels, yPixels });
      if (share > 0)
        blendPixel(canvas, yPixels * pictureSidePixels + xPixels, { colour: stroke.colour, share });
    }
  }
}
