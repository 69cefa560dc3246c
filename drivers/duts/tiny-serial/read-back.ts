import type { TinyMessage } from './protocol.ts';

const bytesPerLine = 8;

/** What one reading of `db print` added. */
export type ReadBackOutcome = 'verified' | 'unclear' | 'differs';

/** Compares what a board prints with what it was given, over as many readings as it takes. */
export interface ReadBack {
  /**
   * Adds one reading.
   *
   * @returns `verified` once each line was read rightly at least once; `differs` when one line was read twice with
   *   the same wrong bytes, so that the board really holds them; else `unclear`
   */
  readonly add: (messages: readonly TinyMessage[]) => ReadBackOutcome;
}

const lineStart = 'm-buffer-';
const charsPerByte = 3;

/** The line as it came, with lower-case digits; empty for one that is certainly no print. */
function textOf(message: TinyMessage): string {
  if (message.kind === 'other') return message.text;
  if (message.kind !== 'buffer') return '';
  const hex = Array.from(message.bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return lineStart + hex.join('-');
}

/** Number of entries that `isRight`, counted from one end. */
function equalRun(countMax: number, isRight: (fromEnd: number) => boolean): number {
  let count = 0;
  while (count < countMax && isRight(count)) count += 1;
  return count;
}

/**
 * Which bytes of a print line one reading shows rightly: all but the damaged one where a character arrived wrong, was
 * lost or came twice.
 *
 * @returns the number of leading bytes, and the byte from which on all are right
 */
function rightBytes(
  expected: string,
  read: string,
): { readonly head: number; readonly tail: number } {
  const byteCount = (expected.length - lineStart.length + 1) / charsPerByte;
  if (read === expected) return { head: byteCount, tail: byteCount };
  if (Math.abs(read.length - expected.length) > 1) return { head: 0, tail: byteCount };
  const lengthMin = Math.min(read.length, expected.length);
  const front = equalRun(lengthMin, (at) => expected[at] === read[at]);
  const back = equalRun(lengthMin - front, (at) => expected.at(-1 - at) === read.at(-1 - at));
  // More than one damage in the line: no place in it is certain.
  if (front + back < lengthMin - 1) return { head: 0, tail: byteCount };
  const tailAt = expected.length - back - lineStart.length;
  return {
    head: Math.max(0, Math.floor((front - lineStart.length + 1) / charsPerByte)),
    tail: Math.max(0, Math.ceil(tailAt / charsPerByte)),
  };
}

/**
 * A comparison against `sample`, 8 bytes a line (sheet 1.2). The print has no checksum and is longer than the load, so
 * on a bad wire hardly one reading is whole: a byte counts when any reading shows it rightly in its place. Where damage
 * has joined or split lines, the lines before the first and after the last damage are still known.
 */
export function readBack(sample: Uint8Array): ReadBack {
  const lineCount = Math.ceil(sample.length / bytesPerLine);
  const bytesOf = (line: number): Uint8Array =>
    sample.subarray(line * bytesPerLine, (line + 1) * bytesPerLine);
  const isSeen = new Uint8Array(sample.length);
  const wrong = new Map<number, string>();
  const see = (firstLine: number, endLine: number): void => {
    isSeen.fill(1, firstLine * bytesPerLine, endLine * bytesPerLine);
  };
  const isRight = (message: TinyMessage | undefined, line: number): boolean =>
    message?.kind === 'buffer' && Buffer.compare(message.bytes, bytesOf(line)) === 0;

  /** Takes a damaged line, or one of other bytes. @returns whether the board is sure to hold other bytes */
  const addWrong = (message: TinyMessage, line: number): boolean => {
    const text = textOf(message);
    const { head, tail } = rightBytes(textOf({ kind: 'buffer', bytes: bytesOf(line) }), text);
    const firstByte = line * bytesPerLine;
    isSeen.fill(1, firstByte, firstByte + head);
    isSeen.fill(1, firstByte + tail, firstByte + bytesPerLine);
    const isRepeated = message.kind === 'buffer' && text === wrong.get(line);
    wrong.set(line, text);
    return isRepeated;
  };

  const addInPlace = (messages: readonly TinyMessage[]): boolean => {
    let differs = false;
    for (const [line, message] of messages.entries()) {
      if (isRight(message, line)) see(line, line + 1);
      else if (addWrong(message, line)) differs = true;
    }
    return differs;
  };

  const addEnds = (messages: readonly TinyMessage[]): void => {
    const countMax = Math.min(lineCount, messages.length);
    const front = equalRun(countMax, (at) => isRight(messages[at], at));
    const back = equalRun(countMax, (at) => isRight(messages.at(-1 - at), lineCount - 1 - at));
    // Without a damaged line in between, whole lines are missing or doubled: no place is certain.
    if (front + back >= messages.length) return;
    see(0, front);
    see(lineCount - back, lineCount);
  };

  return {
    add: (messages) => {
      if (messages.length === lineCount) {
        if (addInPlace(messages)) return 'differs';
      } else addEnds(messages);
      return isSeen.every((seen) => seen === 1) ? 'verified' : 'unclear';
    },
  };
}
