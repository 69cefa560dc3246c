import type { RunEvent } from '#harness/contracts/run-event.ts';

/** One state of progress: a new `key` is worth a line of its own where lines cannot be overwritten. */
export interface ProgressText {
  readonly key: string;
  readonly text: string;
}

/** What to show for a run in this phase. Pure. */
export function phaseText(boardId: string, phase: string): ProgressText {
  return { key: phase, text: `${boardId}: ${phase}` };
}

/** What to show for a run's event; nothing for its end, which the result table tells. Pure. */
export function progressText(boardId: string, event: RunEvent): ProgressText | undefined {
  switch (event.type) {
    case 'phase':
      return phaseText(boardId, event.phase);
    case 'progress': {
      const { step, doneCount, totalCount, note } = event;
      const percent = totalCount > 0 ? Math.floor((doneCount * 100) / totalCount) : 0;
      const share = totalCount > 0 ? ` ${doneCount}/${totalCount} (${percent} %)` : ` ${doneCount}`;
      const key = `${step} ${Math.floor(percent / 25)}`;
      return { key, text: `${boardId}: ${step}${share}${note === '' ? '' : ` ${note}`}` };
    }
    case 'recovery': {
      const { rung, helped, reason } = event;
      const text = `${boardId}: recovery by ${rung} after ${reason}: ${helped ? 'helped' : 'did not help'}`;
      return { key: text, text };
    }
    case 'ended':
      return undefined;
  }
}
