/** The positions of a list, once; then -1. */
export function listedPositions(list: Uint32Array): () => number {
  let at = 0;
  return () => {
    if (at === list.length) return -1;
    at += 1;
    return list[at - 1] ?? 0;
  };
}
