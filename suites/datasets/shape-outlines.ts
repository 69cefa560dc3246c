import { cosineOfTurns, sineOfTurns } from './portable-math.ts';

/** A point in a shape's own frame: x to the right, y down, the shape within the unit circle. */
export interface ShapePoint {
  readonly x: number;
  readonly y: number;
}

/** Whether a point lies in the shape. */
export type ShapeOutline = (point: ShapePoint) => boolean;

/** Corners on circles around the origin, the first straight up; radii are taken in turn. */
function cornersAround(cornerCount: number, radii: readonly number[]): readonly ShapePoint[] {
  return Array.from({ length: cornerCount }, (_, corner) => {
    const radius = radii[corner % radii.length] ?? 1;
    const turns = corner / cornerCount;
    return { x: radius * sineOfTurns(turns), y: -radius * cosineOfTurns(turns) };
  });
}

/** Inside by the even-odd rule: a ray to the right crosses an odd number of edges. */
function polygon(corners: readonly ShapePoint[]): ShapeOutline {
  const edges = corners.map((from, index) => ({
    from,
    to: corners[(index + 1) % corners.length] ?? from,
  }));
  return ({ x, y }) => {
    let inside = false;
    for (const { from, to } of edges) {
      const crosses = from.y > y !== to.y > y;
      if (crosses && x < from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x))
        inside = !inside;
    }
    return inside;
  };
}

function disc(radius: number): ShapeOutline {
  return ({ x, y }) => x * x + y * y <= radius * radius;
}

const biteDisc = disc(0.82);

/** The outline of each class, by label name. */
export const shapeOutlines = {
  circle: disc(0.9),
  square: ({ x, y }) => Math.max(Math.abs(x), Math.abs(y)) <= 0.78,
  triangle: polygon(cornersAround(3, [1])),
  ring: ({ x, y }) => x * x + y * y <= 0.9 && x * x + y * y >= 0.25,
  cross: ({ x, y }) =>
    Math.min(Math.abs(x), Math.abs(y)) <= 0.28 && Math.max(Math.abs(x), Math.abs(y)) <= 0.92,
  star: polygon(cornersAround(10, [1, 0.42])),
  diamond: ({ x, y }) => Math.abs(x) * 1.35 + Math.abs(y) <= 1,
  crescent: (point) => disc(0.95)(point) && !biteDisc({ x: point.x - 0.45, y: point.y }),
  hexagon: polygon(cornersAround(6, [0.98])),
  bar: ({ x, y }) => Math.abs(x) <= 0.95 && Math.abs(y) <= 0.36,
} as const satisfies Readonly<Record<string, ShapeOutline>>;
