import { countingList } from './counting-list.ts';
import { libraryShuffle } from './library-shuffle.ts';
import type { Draws } from './mersenne-twister.ts';

/**
 * Positions of a set in the reference's equal issue: permutations one after the other, each shuffled from the one
 * before, made as they are reached. After the last one the same permutations come again.
 *
 * @param draws - stands where the first permutation is drawn; not moved
 * @param setLength - positions of the set
 * @param permutationCount - at least 1
 */
export function concatenatedPermutations(
  draws: Draws,
  setLength: number,
  permutationCount: number,
): () => number {
  const permutation = countingList(setLength);
  let stream = draws.clone();
  let madeCount = 0;
  let at = setLength;
  const nextPermutation = (): void => {
    if (madeCount === permutationCount) {
      stream = draws.clone();
      permutation.set(countingList(setLength));
      madeCount = 0;
    }
    libraryShuffle(permutation, stream.next);
    madeCount += 1;
    at = 0;
  };
  return () => {
    if (at === setLength) nextPermutation();
    at += 1;
    return permutation[at - 1] ?? 0;
  };
}
