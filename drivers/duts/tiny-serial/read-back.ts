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

function hexOf(message: TinyMessage | undefined): string {
  return message?.kind === 'buffer' ? Buffer.from(message.bytes).toString('hex') : '';
}

/** Number of equal entries from one end: `step` 1 from the front, -1 from the back. */
function equalRun(expected: readonly string[], read: readonly string[], step: 1 | -1): number {
  const countMax = Math.min(expected.length, read.length);
  for (let count = 0; count < countMax; count += 1) {
    const at = step === 1 ? count : -1 - count;
    if (expected.at(at) !== read.at(at)) return count;
  }
  return countMax;
}

/**
 * A comparison against `sample`, 8 bytes a line (sheet 1.2). The print has no checksum and is longer than the load, so
 * on a bad wire hardly one reading is whole: a line counts when any reading shows exactly its bytes in its place.
 * Where damage has joined or split lines, the places before the first and after the last damage are still known.
 */
export function readBack(sample: Uint8Array): ReadBack {
  const hex = Buffer.from(sample).toString('hex');
  const lineCount = Math.ceil(sample.length / bytesPerLine);
  const expected = Array.from({ length: lineCount }, (_, line) =>
    hex.slice(line * bytesPerLine * 2, (line + 1) * bytesPerLine * 2),
  );
  const isSeen = expected.map(() => false);
  const wrong = expected.map(() => '');
  const see = (first: number, end: number): void => {
    for (let line = first; line < end; line += 1) isSeen[line] = true;
  };

  const addInPlace = (read: readonly string[]): boolean => {
    let differs = false;
    for (const [line, text] of read.entries()) {
      if (text === expected[line]) isSeen[line] = true;
      else if (text !== '' && text === wrong[line]) differs = true;
      else wrong[line] = text;
    }
    return differs;
  };

  const addEnds = (read: readonly string[]): void => {
    const front = equalRun(expected, read, 1);
    const back = equalRun(expected, read, -1);
    // Without a damaged line in between, whole lines are missing or doubled: no place is certain.
    if (front + back >= read.length) return;
    see(0, front);
    see(lineCount - back, lineCount);
  };

  return {
    add: (messages) => {
      const read = messages.map((message) => hexOf(message));
      if (read.length === lineCount) {
        if (addInPlace(read)) return 'differs';
      } else addEnds(read);
      return isSeen.every(Boolean) ? 'verified' : 'unclear';
    },
  };
}
