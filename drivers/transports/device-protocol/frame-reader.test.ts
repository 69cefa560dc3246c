import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { frameReader, type FrameDamage, type FrameReader } from './frame-reader.ts';
import { encodeFrame, type Frame } from './frame.ts';

const payloadBytesMax = 512;

interface Listened {
  readonly reader: FrameReader;
  readonly frames: Frame[];
  readonly damages: FrameDamage[];
}

function listen(): Listened {
  const frames: Frame[] = [];
  const damages: FrameDamage[] = [];
  const reader = frameReader(
    { payloadBytesMax },
    (frame) => frames.push({ ...frame, payload: Uint8Array.from(frame.payload) }),
    (damage) => damages.push(damage),
  );
  return { reader, frames, damages };
}

const frame = (sequence: number, length = 20): Frame => ({
  type: 32,
  sequence,
  payload: Uint8Array.from({ length }, (_, index) => index * 7 + sequence),
});

/** The bytes in pieces of these sizes, the rest in one. */
function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    parts.push(Uint8Array.from(bytes.subarray(start, start + size)));
    start += size;
  }
  parts.push(Uint8Array.from(bytes.subarray(start)));
  return parts;
}

describe('the frame reader', () => {
  it('finds every frame, however the bytes are cut', () => {
    const frames = fc.array(
      fc.record({
        type: fc.integer({ min: 0, max: 255 }),
        sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
        payload: fc.uint8Array({ maxLength: payloadBytesMax }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 90 })), (sent, sizes) => {
        const { reader, frames: got, damages } = listen();
        for (const part of pieces(Buffer.concat(sent.map(encodeFrame)), sizes)) reader.push(part);
        expect(got).toEqual(sent.map((one) => ({ ...one })));
        expect(damages).toEqual([]);
        expect(reader.heldBytes()).toBe(0);
      }),
    );
  });

  it('passes over noise with halves of a magic in it, and says how much', () => {
    const { reader, frames, damages } = listen();
    reader.push(Buffer.concat([Buffer.from('AAADxxA'), encodeFrame(frame(5))]));
    expect(frames).toEqual([frame(5)]);
    expect(damages).toEqual([{ kind: 'noise', byteCount: 7 }]);
  });

  it('drops a frame whose payload is damaged, names it, and reads the next', () => {
    const { reader, frames, damages } = listen();
    const damaged = Buffer.from(encodeFrame(frame(6)));
    damaged.writeUInt8((damaged[20] ?? 0) ^ 4, 20);
    reader.push(Buffer.concat([damaged, encodeFrame(frame(7))]));
    expect(frames).toEqual([frame(7)]);
    expect(damages).toEqual([{ kind: 'damaged', type: 32, sequence: 6 }]);
  });

  it.each([0, 1, 2, 3, 5, 9, 12, 13, 14, 15])('passes over a header with byte %i wrong', (at) => {
    const { reader, frames, damages } = listen();
    const damaged = Buffer.from(encodeFrame(frame(6)));
    damaged.writeUInt8((damaged[at] ?? 0) ^ 0x10, at);
    reader.push(Buffer.concat([damaged, encodeFrame(frame(7))]));
    expect(frames).toEqual([frame(7)]);
    expect(damages).toEqual([{ kind: 'noise', byteCount: damaged.length }]);
  });

  it('passes over a header that announces more than the limit, until the limit is raised', () => {
    const { reader, frames } = listen();
    reader.push(encodeFrame(frame(1, payloadBytesMax + 1)));
    expect(frames).toEqual([]);
    reader.setLimits({ payloadBytesMax: payloadBytesMax + 1 });
    reader.push(encodeFrame(frame(1, payloadBytesMax + 1)));
    expect(frames).toHaveLength(1);
  });

  it('starts anew after a reset in the middle of a frame', () => {
    const { reader, frames } = listen();
    reader.push(encodeFrame(frame(1)).subarray(0, 22));
    expect(reader.heldBytes()).toBe(22);
    reader.reset();
    reader.push(encodeFrame(frame(2)));
    expect(frames).toEqual([frame(2)]);
  });

  it('finds a sound frame soon after any damage', () => {
    const damage = fc.record({
      kind: fc.constantFrom('drop', 'flip', 'double'),
      at: fc.integer({ min: 0, max: 39 }),
    });
    fc.assert(
      fc.property(damage, ({ kind, at }) => {
        const sent = Buffer.from(encodeFrame(frame(6)));
        const byte = sent[at] ?? 0;
        const middle = { drop: [], flip: [byte ^ 0x20], double: [byte, byte] }[kind] ?? [];
        const bytes = [sent.subarray(0, at), Buffer.from(middle), sent.subarray(at + 1)];
        const { reader, frames } = listen();
        reader.push(Buffer.concat(bytes));
        for (const sequence of [7, 8]) reader.push(encodeFrame(frame(sequence)));
        expect(frames.at(-1)).toEqual(frame(8));
        // A byte doubled at either end leaves a whole frame and a byte of noise; nothing else gets through.
        const isWhole = kind === 'double' && (at === 0 || at === 39);
        expect(frames.some(({ sequence }) => sequence === 6)).toBe(isWhole);
      }),
    );
  });

  it('survives 10 000 chunks of chance with at most one frame held', () => {
    const { reader } = listen();
    const starts = encodeFrame(frame(3, 300)).subarray(0, 40);
    const chunks = fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc.integer({ min: 0, max: 40 }).map((length) => starts.subarray(0, length)),
    );
    fc.assert(
      fc.property(chunks, (chunk) => {
        reader.push(chunk);
        expect(reader.heldBytes()).toBeLessThan(payloadBytesMax + 20);
      }),
      { numRuns: 10_000 },
    );
    // Zeros end whatever was begun.
    reader.push(new Uint8Array(payloadBytesMax + 20));
    expect(reader.heldBytes()).toBe(0);
  });
});
