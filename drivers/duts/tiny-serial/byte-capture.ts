/** Bytes kept for a diagnosis: the first that arrived, so that an operator sees what the board really sent. */
export interface ByteCapture {
  readonly add: (chunk: Uint8Array) => void;
  readonly bytes: () => Uint8Array;
  readonly clear: () => void;
}

/** Keeps up to `byteCountMax` bytes; the rest is not kept. */
export function byteCapture(byteCountMax: number): ByteCapture {
  const kept = new Uint8Array(byteCountMax);
  let count = 0;
  return {
    add: (chunk) => {
      if (count === byteCountMax) return;
      const part = chunk.subarray(0, byteCountMax - count);
      kept.set(part, count);
      count += part.length;
    },
    bytes: () => kept.slice(0, count),
    clear: () => {
      count = 0;
    },
  };
}
