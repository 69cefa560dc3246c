import type { SampleSource } from './sample-source.ts';

/**
 * Queries of neighbours in a set: each begins at its own position, and after the set's last sample comes its first.
 *
 * @param nextPosition - gives positions in the set; -1 when there are no more
 */
export function neighbours(
  set: Uint32Array,
  unitLength: number,
  nextPosition: () => number,
): SampleSource {
  const { length } = set;
  const takeOne: SampleSource['take'] = (samples, at) => {
    const position = nextPosition();
    if (position === -1) return false;
    samples[at] = set[position] ?? 0;
    return true;
  };
  const takeMany: SampleSource['take'] = (samples, at) => {
    let position = nextPosition();
    if (position === -1) return false;
    for (let i = 0; i < unitLength; i += 1) {
      samples[at + i] = set[position] ?? 0;
      position = position + 1 === length ? 0 : position + 1;
    }
    return true;
  };
  return { unitLength, take: unitLength === 1 ? takeOne : takeMany };
}
