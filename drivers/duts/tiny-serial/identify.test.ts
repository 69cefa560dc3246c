import { describe, expect, it } from 'vitest';

import {
  banner,
  inTime,
  openScripted,
  ready,
  usually,
  type Script,
} from './testing/scripted-board.ts';

describe('identify', () => {
  it('reads vendor, firmware, mode and model', async () => {
    await using board = await openScripted(usually);
    expect(await board.dut.identify(inTime())).toEqual({
      vendor: 'scripted',
      firmware: 'Test V1',
      firmwareMode: 'performance',
      model: 'pair',
    });
  });

  it('drains what lies on the line before it asks, so that no reply is off by one', async () => {
    await using board = await openScripted(usually);
    board.pty.write(Buffer.from(`m-name-dut-[stale]\r\n${ready}m-re`));
    expect((await board.dut.identify(inTime())).vendor).toBe('scripted');
  });

  it('waits for a board that boots because its port was opened', async () => {
    const script: Script = (command, timesAsked) => {
      if (command !== 'name' || timesAsked > 2) return undefined;
      return timesAsked === 2 ? banner : '';
    };
    await using board = await openScripted(script);
    expect((await board.dut.identify(inTime())).firmwareMode).toBe('performance');
  });

  it('takes a text only when it came twice', async () => {
    const script: Script = (command, timesAsked) =>
      command === 'name' && timesAsked === 2 ? `m-name-dut-[scriptee]\r\n${ready}` : undefined;
    await using board = await openScripted(script);
    expect((await board.dut.identify(inTime())).vendor).toBe('scripted');
    expect(board.dut.counters().garbledReplyCount).toBeGreaterThan(0);
  });

  it('sends only what it needs, and no empty command', async () => {
    await using board = await openScripted(usually);
    await board.dut.identify(inTime());
    expect(board.commands).not.toContain('');
  });

  it.each<[string, Script, string]>([
    ['a board that says nothing', () => '', 'dut/no-answer'],
    ['a line that echoes', (command) => `${command}%`, 'dut/echo'],
    [
      'a board that echoes and answers',
      (command) => `${command}%m-name-dut-[x]\r\n${ready}`,
      'dut/echo',
    ],
    ['a board of another speed', () => '\u00F0\u0080\u00FE\u00C0', 'dut/wrong-baud'],
    [
      'an energy build, which has no lap line',
      (command) => (command === 'timestamp' ? ready : undefined),
      'dut/wrong-firmware-mode',
    ],
    [
      'an energy build, by its banner',
      () => `m-timestamp-mode-energy\r\nm-init-done\r\n${ready}`,
      'dut/wrong-firmware-mode',
    ],
  ])('refuses %s', async (_, script, code) => {
    await using board = await openScripted(script);
    await expect(board.dut.identify(inTime())).rejects.toMatchObject({ code });
  });

  it('keeps the raw bytes of a board that does not answer properly', async () => {
    const script: Script = (_, timesAsked) => (timesAsked === 1 ? 'login: ' : '');
    await using board = await openScripted(script);
    await expect(board.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/no-answer',
      details: { received: 'login: ', receivedHex: '6c6f67696e3a20' },
    });
  });
});
