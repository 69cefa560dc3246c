import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createEventFrameReader } from './event-frames.ts';

const stream =
  'retry: 1000\n: welcome\n\nevent: job\nid: a.1\ndata: {"x":1}\n\n: still here\n\nevent: resync\nid: a.2\ndata: {}\n\n';

it('gives the same frames wherever the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 10 }), (places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), stream.length];
      const reader = createEventFrameReader();
      const frames = cuts.flatMap((cut, index) =>
        reader.push(stream.slice(cuts[index - 1] ?? 0, cut)),
      );
      expect(frames).toStrictEqual([
        { type: 'job', id: 'a.1', data: '{"x":1}' },
        { type: 'resync', id: 'a.2', data: '{}' },
      ]);
    }),
  );
});

it('refuses a frame without an end', () => {
  const reader = createEventFrameReader();
  expect(() => reader.push('x'.repeat(5_000_000))).toThrow(RangeError);
});
