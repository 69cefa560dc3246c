import { printable } from '#harness/kernel/format/table.ts';

import type { ProgressText } from './progress-text.ts';

/** The terminal, or whatever stands in its place. */
export interface ProgressOutlet {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/** Shows what goes on: one line that is overwritten on a terminal, a line per new key elsewhere. */
export interface ProgressDisplay {
  readonly show: (progress: ProgressText) => void;
  /** A line that stays. */
  readonly say: (text: string) => void;
  /** Takes the overwritten line away. */
  readonly clear: () => void;
}

/** A display on this outlet. */
export function createProgressDisplay(outlet: ProgressOutlet): ProgressDisplay {
  const isTerminal = outlet.isTTY === true;
  let shownKey = '';
  const clear = (): void => {
    if (isTerminal && shownKey !== '') outlet.write('\r\u001b[2K');
    shownKey = '';
  };
  return {
    clear,
    say: (text) => {
      clear();
      outlet.write(`${printable(text)}\n`);
    },
    show: ({ key, text }) => {
      if (isTerminal) {
        outlet.write(`\r\u001b[2K${printable(text).slice(0, (outlet.columns ?? 80) - 1)}`);
      } else if (key !== shownKey) {
        outlet.write(`${printable(text)}\n`);
      }
      shownKey = key;
    },
  };
}
