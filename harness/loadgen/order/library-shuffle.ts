import { boundedDraw } from './bounded-draw.ts';

/** Up to this length a 32-bit word has room for two positions. */
const pairedLengthMax = 65_535;

function swap(list: Uint32Array, first: number, second: number): void {
  const kept = list[first] ?? 0;
  list[first] = list[second] ?? 0;
  list[second] = kept;
}

function shuffleInPairs(list: Uint32Array, next: () => number): void {
  let i = 1;
  if (list.length % 2 === 0) {
    swap(list, 1, boundedDraw(next, 2));
    i = 2;
  }
  for (; i < list.length; i += 2) {
    const both = boundedDraw(next, (i + 1) * (i + 2));
    swap(list, i, Math.floor(both / (i + 2)));
    swap(list, i + 1, both % (i + 2));
  }
}

/**
 * Shuffles in place as libstdc++ of GCC 11 and later does: one draw for every two elements where a word is wide
 * enough, else one for each.
 *
 * @param list - up to 2^32-1 elements
 * @param next - gives words in 0..2^32-1
 */
export function libraryShuffle(list: Uint32Array, next: () => number): void {
  if (list.length <= 1) return;
  if (list.length <= pairedLengthMax) {
    shuffleInPairs(list, next);
    return;
  }
  for (let i = 1; i < list.length; i += 1) swap(list, i, boundedDraw(next, i + 1));
}

/** Draws what shuffling a list of this length would draw, without a list. */
export function skipLibraryShuffle(length: number, next: () => number): void {
  if (length <= 1) return;
  if (length > pairedLengthMax) {
    for (let i = 1; i < length; i += 1) boundedDraw(next, i + 1);
    return;
  }
  const isEven = length % 2 === 0;
  if (isEven) boundedDraw(next, 2);
  for (let i = isEven ? 2 : 1; i < length; i += 2) boundedDraw(next, (i + 1) * (i + 2));
}
