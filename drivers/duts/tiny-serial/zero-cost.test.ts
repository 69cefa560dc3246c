import { expect, test } from 'vitest';

import { startBoardProcess } from './board-process.ts';
import { zeroCostBoards, zeroCostShapes, type ZeroCostModel } from './zero-cost-board.ts';
import { openZeroCostDut } from './zero-cost-dut.ts';

/** Thousandths of the answer to the bytes 0, 7, 14 …, as the same arithmetic gives them in Python. */
const expected: Readonly<Record<ZeroCostModel, readonly number[]>> = {
  kws01: [706, 201, 266, 473, 54, 648, 873, 382, 323, 89, 794, 715],
  ic01: [990, 461, 997, 415, 5, 965, 786, 805, 880, 635],
  vww01: [527, 801],
};
const models = ['kws01', 'ic01', 'vww01'] as const;

async function answerOf(path: string, model: ZeroCostModel): Promise<number[]> {
  const signal = AbortSignal.timeout(15_000);
  // The longest reply of all is the read-back of person detection.
  await using dut = await openZeroCostDut(path, model, { verify: 'read-back' });
  const identity = await dut.identify(signal);
  expect(identity.model).toBe(model);
  const { sampleBytes } = zeroCostShapes[model];
  await dut.load(
    Uint8Array.from({ length: sampleBytes }, (_, at) => at * 7),
    signal,
  );
  const { output } = await dut.infer(signal);
  expect(dut.counters()).toMatchObject({ retryCount: 0, garbledReplyCount: 0 });
  return Array.from(output, (value) => Math.round(value * 1_000));
}

test.each(models)('the simulator answers %s from its table', async (model) => {
  await using board = await startBoardProcess(['--zero-cost', '--no-pace', '--start-model', model]);
  expect(await answerOf(board.path, model)).toEqual(expected[model]);
});

test.each(models)('the board that benches run against answers %s the same', async (model) => {
  await using boards = await zeroCostBoards();
  await using board = await boards.start(model);
  expect(await answerOf(board.path, model)).toEqual(expected[model]);
});
