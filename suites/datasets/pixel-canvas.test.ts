import { describe, expect, it } from 'vitest';

import { blankCanvas, paintStroke } from './pixel-canvas.ts';

const left = {
  colour: [90, 180, 255],
  centre: { xPixels: 4, yPixels: 4 },
  reachPixels: 100,
  covers: (point: { xPixels: number }) => point.xPixels < 4 + 1 / 3,
} as const;

describe('pixel canvas', () => {
  it('paints a covered pixel whole, a third of one by a third, and leaves the rest', () => {
    const canvas = blankCanvas();
    paintStroke(canvas, left);
    expect(Array.from(canvas.slice(9, 12))).toEqual([90, 180, 255]);
    expect(canvas[12]).toBeCloseTo(30, 9);
    expect(Array.from(canvas.slice(15, 18))).toEqual([0, 0, 0]);
  });

  it('looks at nothing outside the reach of 1 pixel', () => {
    const canvas = blankCanvas();
    paintStroke(canvas, { ...left, reachPixels: 1 });
    expect(canvas.filter((value) => value !== 0).length).toBe(2 * 2 * 3);
  });
});
