import { describe, expect, it } from 'vitest';

import { isErrorCode } from '#harness/contracts/error-catalogue.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import { answerReader, type StreamedAnswer } from './answer-reader.ts';

const streamCount = 10_000;
const encoder = new TextEncoder();

/** Pieces that streams are made of: right ones, wrong ones, and ends of all kinds. */
const pieces = [
  'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{"content":" blue"}}]}\n\n',
  'data: {"choices":[{"text":"ö🙂"}]}\r\n\r\n',
  'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: {"choices":[],"usage":{"completion_tokens":3}}\n\n',
  'data: {"error":{"message":"no"}}\n\n',
  'data: [DONE]\n\n',
  ': keep-alive\n\n',
  'data: {"choices":[{"text":"half',
  'event: x\nid: 1\nretry: abc\n',
  'data\n',
  '\r',
  '\n',
  '\uFEFF',
  'nonsense without a colon\n',
];

/** xorshift32, so that a failure can be made again from the number of its stream. */
function chance(seed: number): (below: number) => number {
  let state = (seed + 1) * 2_654_435_761;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function fuzzedStream(draw: (below: number) => number): Uint8Array {
  const parts = Array.from({ length: draw(12) }, () => pieces[draw(pieces.length)] ?? '');
  const bytes = Uint8Array.from(encoder.encode(parts.join('')));
  for (let count = draw(4); count > 0 && bytes.length > 0; count -= 1)
    bytes[draw(bytes.length)] = draw(256);
  return bytes.subarray(0, bytes.length - (draw(3) === 0 ? draw(bytes.length + 1) : 0));
}

/** Reads the stream in pieces of up to `sizeMax` bytes. @returns the answer, or the code of what it is refused for */
function outcome(bytes: Uint8Array, size: () => number): StreamedAnswer | string {
  const reader = answerReader('http://board');
  try {
    for (let at = 0; at < bytes.length;) {
      const length = size();
      reader.take(bytes.subarray(at, at + length), at);
      at += length;
    }
    return reader.end();
  } catch (error) {
    if (error instanceof LabError && isErrorCode(error.code)) return error.code;
    throw error;
  }
}

function withoutTime(found: StreamedAnswer | string): unknown {
  return typeof found === 'string' ? found : { ...found, first: found.first?.text };
}

describe('answer reader, fed with chance', () => {
  it('ends every one of 10 000 streams with an answer or a code, the same however it is cut', () => {
    let answered = 0;
    for (let index = 0; index < streamCount; index += 1) {
      const draw = chance(index);
      const bytes = fuzzedStream(draw);
      const inOne = outcome(bytes, () => bytes.length + 1);
      const inPieces = outcome(bytes, () => 1 + draw(9));
      // An event's text may differ in when it was seen, never in what it was; a fault may come in an earlier piece.
      expect(withoutTime(inPieces), `stream ${index}`).toEqual(withoutTime(inOne));
      if (typeof inOne !== 'string') answered += 1;
    }
    expect(answered).toBeGreaterThan(1000);
  });

  it('does not grow over an endless line: it is refused after 1 MiB', () => {
    const reader = answerReader('http://board');
    const piece = new Uint8Array(64 * 1024).fill(0x61);
    reader.take(encoder.encode('data: '), 0);
    const feed = (): void => {
      for (let count = 0; count < 1000; count += 1) reader.take(piece, count);
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'network/malformed-answer' }));
  });

  it('does not grow over endless tokens: they are refused after 4 Mi characters', () => {
    const reader = answerReader('http://board');
    const event = encoder.encode(`data: {"choices":[{"text":"${'y'.repeat(60_000)}"}]}\n\n`);
    const feed = (): void => {
      for (let count = 0; count < 1000; count += 1) reader.take(event, count);
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'network/malformed-answer' }));
  });
});
