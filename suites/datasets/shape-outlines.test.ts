import { describe, expect, it } from 'vitest';

import { shapeOutlines } from './shape-outlines.ts';
import type { ShapePoint } from './shape-outlines.ts';

const centre: ShapePoint = { x: 0, y: 0 };

describe('shape outlines', () => {
  it.each([
    ['circle', true],
    ['square', true],
    ['triangle', true],
    ['ring', false],
    ['cross', true],
    ['star', true],
    ['diamond', true],
    ['crescent', false],
    ['hexagon', true],
    ['bar', true],
  ] as const)('%s covers its centre: %s', (name, covered) => {
    expect(shapeOutlines[name](centre)).toBe(covered);
  });

  it('puts the corner (0.7, 0.7) in the square but in no other outline of 10', () => {
    const corner = { x: 0.7, y: 0.7 };
    const covering = Object.entries(shapeOutlines).filter(([, outline]) => outline(corner));
    expect(covering.map(([name]) => name)).toEqual(['square']);
  });

  it('keeps all 10 outlines off the points 1.11 from the centre along the axes', () => {
    const far = [
      { x: 1.11, y: 0 },
      { x: -1.11, y: 0 },
      { x: 0, y: 1.11 },
      { x: 0, y: -1.11 },
    ];
    for (const outline of Object.values(shapeOutlines)) expect(far.some(outline)).toBe(false);
  });
});
