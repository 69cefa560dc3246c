import { labError } from '#harness/contracts/error-catalogue.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** What a line never keeps: carriage returns anywhere, and the NULs that some adapters send while a port opens. */
const stripped = /[\r\0]/g;

/** Splits a byte stream into lines, however the bytes are cut into chunks. */
export interface LineReader {
  /**
   * Takes the next bytes and calls back for each line that they end.
   *
   * @throws LabError serial/overflow when a line grows past the limit; the line is dropped, the rest of the chunk too
   */
  readonly push: (chunk: Uint8Array) => void;
  /** Forgets the line begun; the next byte starts a new one. */
  readonly reset: () => void;
}

function textOf(bytes: Buffer): string {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  const text = bytes.toString('latin1', 0, end);
  return bytes.includes(0) || text.includes('\r') ? text.replace(stripped, '') : text;
}

/**
 * A line reader: a line ends at LF, with or without a CR before it; CR, LF and NUL are taken out; latin1, so that no
 * byte is lost. Pure but for the line it holds.
 *
 * @param lineBytesMax - bytes a line may have before its LF; bounds the memory
 */
export function lineReader(lineBytesMax: number, onLine: (line: string) => void): LineReader {
  let begun: Buffer | undefined;

  const take = (bytes: Buffer): Buffer => {
    const whole = begun === undefined ? bytes : Buffer.concat([begun, bytes]);
    begun = undefined;
    if (whole.length > lineBytesMax) {
      throw labError('serial/overflow', `a line has more than ${lineBytesMax} bytes`, {
        details: { lineBytesMax, startsWith: whole.toString('latin1', 0, 80) },
      });
    }
    return whole;
  };

  return {
    push: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        const line = take(bytes.subarray(start, end));
        start = end + 1;
        onLine(textOf(line));
      }
      if (start < bytes.length) begun = take(bytes.subarray(start));
    },
    reset: () => {
      begun = undefined;
    },
  };
}
