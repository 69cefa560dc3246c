import { expect, test } from 'vitest';

import { restOfChunk } from './refused-chunk.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const chunk = bytesOf('db 00112233a4%');

test('a refusal that stored nothing asks for the whole chunk', () => {
  expect(restOfChunk(chunk, '[Insufficent number of hex digits]')).toEqual(chunk);
  expect(restOfChunk(chunk, '[Unknown command: eb]')).toEqual(chunk);
});

test('an invalid digit asks for its pair and all that follows', () => {
  expect(restOfChunk(chunk, "[Invalid hex digit '3;']")).toEqual(bytesOf('db 33a4%'));
  expect(restOfChunk(chunk, "[Invalid hex digit '\xe14']")).toEqual(bytesOf('db a4%'));
  expect(restOfChunk(chunk, "[Invalid hex digit '0 ']")).toEqual(chunk);
});

test('a pair that several can have been, or none, leaves open how much was stored', () => {
  expect(restOfChunk(chunk, "[Invalid hex digit 'zz']")).toBeUndefined();
  expect(restOfChunk(chunk, "[Invalid hex digit '4']")).toBeUndefined();
});

test('of two pairs with the same good digit a single wrong bit tells which', () => {
  expect(restOfChunk(bytesOf('db 3038%'), "[Invalid hex digit '3(']")).toEqual(bytesOf('db 38%'));
});
