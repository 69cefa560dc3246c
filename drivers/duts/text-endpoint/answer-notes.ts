import type { LogWriter } from '#harness/contracts/log-writer.ts';

/** What may be odd about an answer that counts all the same. */
export type AnswerNote =
  | 'empty'
  | 'cut-at-limit'
  | 'no-class'
  | 'no-done'
  | 'no-usage'
  | 'usage-differs';

const messages: Readonly<Record<AnswerNote, string>> = {
  empty: 'answers without any text',
  'cut-at-limit': 'answers cut at the limit of tokens',
  'no-class': 'answers that state no class',
  'no-done': 'streams that end without [DONE]',
  'no-usage': 'answers whose tokens the server did not count',
  'usage-differs': 'answers whose tokens the server counts differently',
};

/** Counts notes; logs them when asked to, which is when no query is under way. */
export interface AnswerNotes {
  readonly add: (note: AnswerNote, fields?: Readonly<Record<string, unknown>>) => void;
  /** Logs each kind that is new since the last time, with its first example; at the end, how many there were. */
  readonly log: (isEnd: boolean) => void;
}

interface Tally {
  count: number;
  /** Of the first answer that was noted. */
  readonly example: Readonly<Record<string, unknown>>;
  isLogged: boolean;
}

/** No notes yet. */
export function answerNotes(boardId: string, write: LogWriter): AnswerNotes {
  const tallies = new Map<AnswerNote, Tally>();
  return {
    add: (note, fields = {}) => {
      const tally = tallies.get(note);
      if (tally === undefined) tallies.set(note, { count: 1, example: fields, isLogged: false });
      else tally.count += 1;
    },
    log: (isEnd) => {
      for (const [note, tally] of tallies) {
        if (tally.isLogged && !isEnd) continue;
        const { count, example } = tally;
        write({
          level: 'warn',
          message: messages[note],
          fields: { boardId, note, count, ...example },
        });
        tally.isLogged = true;
      }
    },
  };
}
