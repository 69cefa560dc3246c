import { expect, it } from 'vitest';

import { nextProgress, progressAt } from './live-progress.ts';

it('keeps the phase while a step goes on, and forgets the step with the next phase', () => {
  const step = {
    type: 'progress',
    step: 'accuracy',
    doneCount: 3,
    totalCount: 80,
    note: '',
  } as const;
  const measuring = nextProgress(progressAt('measuring'), step);
  expect(measuring).toStrictEqual({
    phase: 'measuring',
    step: 'accuracy',
    doneCount: 3,
    totalCount: 80,
    note: '',
  });
  const phase = { type: 'phase', phase: 'verifying', atNs: 1, deadlineMs: 1 } as const;
  expect(nextProgress(measuring, phase)).toStrictEqual(progressAt('verifying'));
});
