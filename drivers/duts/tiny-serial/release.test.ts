import { describe, expect, it } from 'vitest';

import {
  inTime,
  openScripted,
  sample,
  scriptedContext,
  type Script,
} from './testing/scripted-board.ts';
import { tinySerial } from './tiny-serial.ts';

describe('release', () => {
  it('flushes a half-received command where the board does not answer', async () => {
    const script: Script = (command, timesAsked) =>
      command === 'infer 1 0' && timesAsked === 1 ? '' : undefined;
    await using board = await openScripted(script, { commandTimeoutMs: 10_000 });
    await board.dut.load(sample, inTime());
    await expect(board.dut.infer(AbortSignal.timeout(30))).rejects.toMatchObject({
      code: 'dut/timeout',
    });
    await board.dut.release(inTime());
    expect(board.commands.slice(-2)).toEqual(['', 'name']);
  });

  it('says dut/timeout when the board is gone, and frees the port all the same', async () => {
    await using board = await openScripted(() => '');
    await expect(board.dut.release(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
    const again = await tinySerial.open({ path: board.pty.path }, scriptedContext, inTime());
    await again[Symbol.asyncDispose]();
  });
});
