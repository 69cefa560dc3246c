import { balancedLabel } from './balanced-label.ts';
import { blankCanvas, blendPixel, paintStroke, pictureSidePixels } from './pixel-canvas.ts';
import type { Colour, PaintStroke, PixelCanvas, PixelPoint } from './pixel-canvas.ts';
import { cosineOfTurns, sineOfTurns } from './portable-math.ts';
import { sampleSeed } from './sample-request.ts';
import type { SampleRequest } from './sample-request.ts';
import { seededRandom } from './seeded-random.ts';
import type { DrawRange, SeededRandom } from './seeded-random.ts';
import { shapeOutlines } from './shape-outlines.ts';
import type { ShapeOutline } from './shape-outlines.ts';

/** The classes, in the order of the model's outputs. */
export const shapeLabels = [
  'circle',
  'square',
  'triangle',
  'ring',
  'cross',
  'star',
  'diamond',
  'crescent',
  'hexagon',
  'bar',
] as const;

/** Samples in the evaluation split; reported accuracy is over samples 0..199. */
export const shapeEvaluationCount = 200;

/** Moves whenever a byte of any sample moves. */
export const shapesVersion = '1.0.0';

/** One picture and what it shows. */
export interface ShapeSample {
  /** 3072 bytes: 32 rows from the top, 32 pixels from the left, red green blue together, 0..255. */
  readonly rgb: Uint8Array;
  /** Index into `shapeLabels`. */
  readonly label: number;
}

const datasetWord = 0x7368_0100;

/** The knobs of how hard the task is. */
const radiusPixelsRange: DrawRange = [6, 12.5];
const rotationTurnsRange: DrawRange = [-0.07, 0.07];
const noiseLevelsRange: DrawRange = [5, 30];
const contrastLevelsMin = 75;
const clutterCountMax = 6;
const occluderChance = 0.6;
const contrastTryCountMax = 32;

function drawColour(random: SeededRandom): Colour {
  return [random.between([0, 255]), random.between([0, 255]), random.between([0, 255])];
}

function contrastLevels(left: Colour, right: Colour): number {
  const [red, green, blue] = [left[0] - right[0], left[1] - right[1], left[2] - right[2]];
  return Math.sqrt(red * red + green * green + blue * blue);
}

/** A colour that stands out against another; after too many tries the opposite of it. */
function drawColourAgainst(background: Colour, random: SeededRandom): Colour {
  for (let attempt = 0; attempt < contrastTryCountMax; attempt += 1) {
    const colour = drawColour(random);
    if (contrastLevels(colour, background) >= contrastLevelsMin) return colour;
  }
  return [
    background[0] < 128 ? 255 : 0,
    background[1] < 128 ? 255 : 0,
    background[2] < 128 ? 255 : 0,
  ];
}

function drawPoint(range: DrawRange, random: SeededRandom): PixelPoint {
  return { xPixels: random.between(range), yPixels: random.between(range) };
}

/** How an outline lies on the picture. */
interface Placement {
  readonly centre: PixelPoint;
  readonly radiusPixels: number;
  readonly rotationTurns: number;
  /** Width over height; 1 keeps the outline as it is. */
  readonly stretch: number;
}

function placedStroke(outline: ShapeOutline, colour: Colour, placement: Placement): PaintStroke {
  const cosine = cosineOfTurns(placement.rotationTurns) / placement.radiusPixels;
  const sine = sineOfTurns(placement.rotationTurns) / placement.radiusPixels;
  const { centre, stretch } = placement;
  return {
    colour,
    centre,
    reachPixels: placement.radiusPixels * Math.max(1, stretch) * 1.1,
    covers: ({ xPixels, yPixels }) => {
      const right = xPixels - centre.xPixels;
      const down = yPixels - centre.yPixels;
      return outline({
        x: (right * cosine + down * sine) / stretch,
        y: down * cosine - right * sine,
      });
    },
  };
}

/** A background that runs from one colour to another near it, in any direction. */
function paintBackground(canvas: PixelCanvas, background: Colour, random: SeededRandom): void {
  const [red, green, blue] = background;
  const jitter = (): number => random.between([-45, 45]);
  const far: Colour = [red + jitter(), green + jitter(), blue + jitter()];
  const directionTurns = random.between([0, 1]);
  const [rightward, downward] = [cosineOfTurns(directionTurns), sineOfTurns(directionTurns)];
  for (let pixel = 0; pixel < pictureSidePixels * pictureSidePixels; pixel += 1) {
    const right = (pixel % pictureSidePixels) / pictureSidePixels - 0.5;
    const down = Math.floor(pixel / pictureSidePixels) / pictureSidePixels - 0.5;
    blendPixel(canvas, pixel, { colour: background, share: 1 });
    blendPixel(canvas, pixel, {
      colour: far,
      share: 0.5 + 0.7 * (right * rightward + down * downward),
    });
  }
}

/** A thin bar or a small disc of any colour, anywhere. */
function drawClutter(random: SeededRandom): PaintStroke {
  const outline = random.chance(0.5) ? shapeOutlines.bar : shapeOutlines.circle;
  return placedStroke(outline, drawColour(random), {
    centre: drawPoint([0, pictureSidePixels], random),
    radiusPixels: random.between([1.2, 3.5]),
    rotationTurns: random.between([0, 1]),
    stretch: random.between([0.6, 1.6]),
  });
}

/** A small square of any colour over the rim of the shape. */
function drawOccluder(shape: Placement, random: SeededRandom): PaintStroke {
  const directionTurns = random.between([0, 1]);
  const distancePixels = shape.radiusPixels * random.between([0.5, 1]);
  return placedStroke(shapeOutlines.square, drawColour(random), {
    centre: {
      xPixels: shape.centre.xPixels + distancePixels * cosineOfTurns(directionTurns),
      yPixels: shape.centre.yPixels + distancePixels * sineOfTurns(directionTurns),
    },
    radiusPixels: shape.radiusPixels * random.between([0.25, 0.55]),
    rotationTurns: random.between([0, 1]),
    stretch: 1,
  });
}

function drawPlacement(random: SeededRandom): Placement {
  const radiusPixels = random.between(radiusPixelsRange);
  const marginPixels = radiusPixels * 0.9;
  return {
    radiusPixels,
    centre: drawPoint([marginPixels, pictureSidePixels - marginPixels], random),
    rotationTurns: random.between(rotationTurnsRange),
    stretch: random.between([0.88, 1.12]),
  };
}

/** Rounds to bytes, with the noise of a cheap camera on every value. */
function rgbOf(canvas: PixelCanvas, random: SeededRandom): Uint8Array {
  const noiseLevels = random.between(noiseLevelsRange);
  return Uint8Array.from(canvas, (value) =>
    Math.max(0, Math.min(255, Math.round(value + noiseLevels * random.normal()))),
  );
}

/** One picture. The same request gives the same bytes on every platform. */
export function shapeSample(request: SampleRequest): ShapeSample {
  const label = balancedLabel({ datasetWord, labelCount: shapeLabels.length }, request);
  const name = shapeLabels[label];
  if (name === undefined) throw new RangeError(`no label ${label}`);
  const random = seededRandom(sampleSeed(datasetWord, request));
  const canvas = blankCanvas();
  const background = drawColour(random);
  paintBackground(canvas, background, random);
  const clutterCount = random.below(clutterCountMax + 1);
  for (let count = 0; count < clutterCount; count += 1) paintStroke(canvas, drawClutter(random));
  const placement = drawPlacement(random);
  paintStroke(
    canvas,
    placedStroke(shapeOutlines[name], drawColourAgainst(background, random), placement),
  );
  if (random.chance(occluderChance)) paintStroke(canvas, drawOccluder(placement, random));
  return { rgb: rgbOf(canvas, random), label };
}
