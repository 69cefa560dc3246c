const chunkStart = 'db ';
const percent = '%';
const digitsPerByte = 2;
/** Sheet 1.2: the bytes before the pair are stored, the pair and those behind it are not. */
const invalidDigit = /Invalid hex digit '(.*)'/;

/** Number of bits in which two characters differ; more than 8 where one is missing. */
function differingBits(first: string | undefined, second: string | undefined): number {
  if (first === undefined || second === undefined) return Number.POSITIVE_INFINITY;
  let bits = (first.codePointAt(0) ?? 0) ^ (second.codePointAt(0) ?? 0);
  let count = 0;
  for (; bits !== 0; bits >>>= 1) count += bits & 1;
  return count;
}

/** Whether `read` is `sent` with one digit damaged in at most so many bits. */
function isDamagedFrom(sent: string, read: string, bitsMax: number): boolean {
  const [first, second] = [differingBits(sent[0], read[0]), differingBits(sent[1], read[1])];
  return Math.min(first, second) === 0 && Math.max(first, second) <= bitsMax;
}

/** The only pair of the chunk that can have arrived as `read`; undefined where none or several can. */
function damagedPair(pairs: readonly string[], read: string): number | undefined {
  // A single bit is the usual damage, and tells most pairs apart.
  for (const bitsMax of [1, 8]) {
    const places = pairs.flatMap((pair, at) => (isDamagedFrom(pair, read, bitsMax) ? [at] : []));
    if (places.length === 1) return places[0];
    if (places.length > 1) return undefined;
  }
  return undefined;
}

/**
 * What is to be sent again of a chunk that was refused: all of it where nothing was stored, and what follows the stored
 * bytes where one digit was invalid. It may be wrong, since the pair that the board names is all there is to go by:
 * only a read-back tells what the board holds then. Pure.
 *
 * @param chunk - the `db` command as it was sent
 * @param words - of the refusal
 * @returns undefined when it is not known how much was stored, so that the load must start anew
 */
export function restOfChunk(chunk: Uint8Array, words: string): Uint8Array | undefined {
  const invalid = invalidDigit.exec(words);
  if (invalid === null) return chunk;
  const text = Buffer.from(chunk).toString('latin1');
  const pairs = text.slice(chunkStart.length, -percent.length).match(/../g) ?? [];
  const place = damagedPair(pairs, invalid[1] ?? '');
  if (place === undefined) return undefined;
  const rest = text.slice(chunkStart.length + place * digitsPerByte);
  return Uint8Array.from(Buffer.from(chunkStart + rest, 'latin1'));
}
