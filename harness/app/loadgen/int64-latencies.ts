import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteSource } from '#harness/judge/raw/query-log-file.ts';
import type { RecordedColumn, RecordedQueries } from '#harness/judge/recorded/recorded-load.ts';

const valueByteCount = 8;
const wordSpan = 4_294_967_296;

/** The words of little-endian values; copied only when they do not begin on a word. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } =
    bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/**
 * A file of little-endian int64 latencies, in nanoseconds and in the order of issue; read piece by piece.
 *
 * @throws LabError loadgen/latencies-invalid when its size is no multiple of 8; reading throws it for a negative value
 */
export function int64Latencies(source: ByteSource): RecordedQueries {
  if (source.byteCount % valueByteCount !== 0) {
    const message = `${source.byteCount} bytes are neither JSON nor a whole number of int64 values`;
    throw labError('loadgen/latencies-invalid', message);
  }
  const latencyNs: RecordedColumn = (first, count, into) => {
    const words = wordsOf(source.read(first * valueByteCount, count * valueByteCount));
    for (let row = 0; row < count; row += 1) {
      const high = words[2 * row + 1] ?? 0;
      // 2^53 ns are 104 days; above, and below 0, is no latency.
      if (high >= 2_097_152)
        throw labError('loadgen/latencies-invalid', `value ${first + row} is no latency in ns`);
      into[row] = high * wordSpan + (words[2 * row] ?? 0);
    }
  };
  return { queryCount: source.byteCount / valueByteCount, latencyNs };
}
