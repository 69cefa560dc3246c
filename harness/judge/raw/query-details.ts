import { checkMagic, magicByteCount } from './file-magic.ts';
import type { ByteSource } from './query-log-file.ts';
import { unreadable } from './unreadable.ts';

/** Where the details that a device reports beside its answers lie in a bundle. */
export const queryDetailsFile = 'raw/query-details.bin';

/** The mark that a details file begins with. */
export const queryDetailsMagic = 'ASSAYD1\n';

/** Bytes of a row: f64 deviceDurationNs, f64 firstTokenNs, u32 tokenCount, u32 0; little-endian. */
export const queryDetailsRowByteCount = 24;

/** The details of consecutive rows of a query log, one entry per row in every column. */
export interface DetailsColumns {
  readonly deviceDurationNs: Float64Array;
  readonly firstTokenNs: Float64Array;
  readonly tokenCount: Uint32Array;
}

/** Reads the details of rows `firstRow` to `firstRow + rowCount - 1` into the first entries of the columns. */
export type DetailsReader = (firstRow: number, rowCount: number, columns: DetailsColumns) => void;

/** NaN or a duration. */
function isDurationOrNone(valueNs: number): boolean {
  return Number.isNaN(valueNs) || (valueNs >= 0 && valueNs !== Number.POSITIVE_INFINITY);
}

/**
 * Opens a details file: row k belongs to row k of the query log beside it.
 *
 * @param rowCount - rows of the query log
 * @throws LabError evidence/unreadable when it holds another number of rows; the reader throws it for a wrong row
 */
export function openQueryDetails(source: ByteSource, rowCount: number): DetailsReader {
  const file = queryDetailsFile;
  checkMagic(source.read(0, Math.min(magicByteCount, source.byteCount)), queryDetailsMagic, file);
  const bodyByteCount = source.byteCount - magicByteCount;
  const heldCount = Math.floor(bodyByteCount / queryDetailsRowByteCount);
  if (bodyByteCount !== heldCount * queryDetailsRowByteCount)
    throw unreadable(file, `ends inside row ${heldCount}`);
  if (heldCount !== rowCount)
    throw unreadable(file, `holds ${heldCount} rows beside ${rowCount} queries`);
  return (firstRow, count, columns) => {
    const { deviceDurationNs, firstTokenNs, tokenCount } = columns;
    const bytes = source.read(
      magicByteCount + firstRow * queryDetailsRowByteCount,
      count * queryDetailsRowByteCount,
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let row = 0; row < count; row += 1) {
      const at = row * queryDetailsRowByteCount;
      const [deviceNs, tokenNs] = [view.getFloat64(at, true), view.getFloat64(at + 8, true)];
      if (!isDurationOrNone(deviceNs))
        throw unreadable(file, `row ${firstRow + row} has the device duration ${deviceNs} ns`);
      if (!isDurationOrNone(tokenNs))
        throw unreadable(file, `row ${firstRow + row} has its first token at ${tokenNs} ns`);
      deviceDurationNs[row] = deviceNs;
      firstTokenNs[row] = tokenNs;
      tokenCount[row] = view.getUint32(at + 16, true);
    }
  };
}
