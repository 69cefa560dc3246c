import { expect, it } from 'vitest';

import { createProgressDisplay, type ProgressOutlet } from './progress-display.ts';
import { progressText } from './progress-text.ts';

function outlet(terminal: Partial<ProgressOutlet>): { written: string[]; target: ProgressOutlet } {
  const written: string[] = [];
  return { written, target: { ...terminal, write: (text) => written.push(text) } };
}

const progress = (doneCount: number): Parameters<typeof progressText>[1] => ({
  type: 'progress',
  step: 'accuracy',
  doneCount,
  totalCount: 80,
  note: '',
});

it('overwrites one line on a terminal, cut to its width, and takes it away', () => {
  const { written, target } = outlet({ isTTY: true, columns: 20 });
  const display = createProgressDisplay(target);
  for (const count of [1, 2]) {
    const text = progressText('tiny-1', progress(count));
    if (text !== undefined) display.show(text);
  }
  display.say('done');
  display.clear();
  expect(written).toStrictEqual([
    '\r\u001b[2Ktiny-1: accuracy 1/',
    '\r\u001b[2Ktiny-1: accuracy 2/',
    '\r\u001b[2K',
    'done\n',
  ]);
});

it('writes a line per quarter elsewhere', () => {
  const { written, target } = outlet({});
  const display = createProgressDisplay(target);
  for (let count = 0; count <= 80; count += 1) {
    const text = progressText('tiny-1', progress(count));
    if (text !== undefined) display.show(text);
  }
  expect(written).toStrictEqual([
    'tiny-1: accuracy 0/80 (0 %)\n',
    'tiny-1: accuracy 20/80 (25 %)\n',
    'tiny-1: accuracy 40/80 (50 %)\n',
    'tiny-1: accuracy 60/80 (75 %)\n',
    'tiny-1: accuracy 80/80 (100 %)\n',
  ]);
});

it('tells phases, notes, and counts without a known end', () => {
  const phase = { type: 'phase', phase: 'settling', atNs: 1, deadlineMs: 1 } as const;
  expect(progressText('b', phase)?.text).toBe('b: settling');
  const open = {
    type: 'progress',
    step: 'performance',
    doneCount: 5,
    totalCount: 0,
    note: 'P90 16 ms',
  } as const;
  expect(progressText('b', open)?.text).toBe('b: performance 5 P90 16 ms');
});
