import type { RunEvent } from '#harness/contracts/run-event.ts';

/** Where a run stands, as far as its events told. */
export interface LiveProgress {
  readonly phase: string;
  readonly step: string;
  readonly doneCount: number;
  readonly totalCount: number;
  readonly note: string;
}

/** The state after an event; a new phase forgets the steps of the last one. Pure. */
export function nextProgress(progress: LiveProgress, event: RunEvent): LiveProgress {
  switch (event.type) {
    case 'phase':
      return { phase: event.phase, step: '', doneCount: 0, totalCount: 0, note: '' };
    case 'progress': {
      const { step, doneCount, totalCount, note } = event;
      return { phase: progress.phase, step, doneCount, totalCount, note };
    }
    case 'recovery': {
      const { rung, helped, reason } = event;
      const note = `recovery by ${rung} after ${reason}: ${helped ? 'helped' : 'did not help'}`;
      return { ...progress, note };
    }
    case 'ended':
      return progress;
  }
}

/** A run about which nothing was told but its phase. Pure. */
export function progressAt(phase: string): LiveProgress {
  return { phase, step: '', doneCount: 0, totalCount: 0, note: '' };
}
