import { describe, expect, it } from 'vitest';

import {
  banner,
  inTime,
  openScripted,
  ready,
  sample,
  usually,
  type Script,
} from './testing/scripted-board.ts';

describe('load', () => {
  const refuseOnce: Script = (command, timesAsked) =>
    command.startsWith('db 00') && timesAsked === 1
      ? `e-[Insufficent number of hex digits]\r\n${ready}`
      : undefined;

  it('sends the refused chunk again and reads the sample back', async () => {
    await using board = await openScripted(refuseOnce);
    await board.dut.load(sample, inTime());
    expect(board.commands.filter((command) => command === 'db load 40')).toHaveLength(1);
    expect(board.commands).toContain('db print');
    expect(board.dut.counters()).toMatchObject({ retryCount: 1, garbledReplyCount: 1 });
  });

  it('sends after an invalid digit what was not stored', async () => {
    // The firmware has stored the two bytes before `0c`, which arrived as `0s`.
    const script: Script = (command, timesAsked) =>
      command.startsWith('db 00060c') && timesAsked === 1
        ? `e-[Invalid hex digit '0s']\r\n${ready}`
        : undefined;
    await using board = await openScripted(script, { loadRetryCountMax: 0 });
    await expect(board.dut.load(sample, inTime())).rejects.toMatchObject({
      code: 'dut/load-failed',
    });
    expect(board.commands.find((command) => command.startsWith('db 0c'))).toMatch(/^db 0c1218/);
  });

  it('starts anew after a refusal when loads are verified by count only', async () => {
    await using board = await openScripted(refuseOnce, { verify: 'count' });
    await board.dut.load(sample, inTime());
    expect(board.commands.filter((command) => command === 'db load 40')).toHaveLength(2);
    expect(board.commands).not.toContain('db print');
  });

  it('finds a digit that was stored wrong and loads again', async () => {
    const script: Script = (command, timesAsked) =>
      command === 'db print' && timesAsked <= 2
        ? [0, 8, 16, 24, 32]
            .map((first) => [...sample.subarray(first, first + 8)])
            .map((line, index) => (index === 1 ? line.with(3, 0xee) : line))
            .map((line) => line.map((byte) => byte.toString(16).padStart(2, '0')).join('-'))
            .map((line) => `m-buffer-${line}\r\n`)
            .join('') + ready
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    expect(board.commands.filter((command) => command === 'db load 40')).toHaveLength(2);
  });

  it('reads back every load', async () => {
    await using board = await openScripted(usually);
    await board.dut.identify(inTime());
    const printCounts: number[] = [];
    for (let count = 1; count <= 9; count += 1) {
      await board.dut.load(sample, inTime());
      printCounts.push(board.commands.filter((command) => command === 'db print').length);
    }
    expect(printCounts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(board.dut.counters()).toMatchObject({ verification: 'read-back' });
  });

  it('sampled: reads back the first of eight loads on a clean link, and the ninth', async () => {
    await using board = await openScripted(usually, { verify: 'sampled' });
    await board.dut.identify(inTime());
    const printCounts: number[] = [];
    for (let count = 1; count <= 9; count += 1) {
      await board.dut.load(sample, inTime());
      printCounts.push(board.commands.filter((command) => command === 'db print').length);
    }
    expect(printCounts).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(board.dut.counters()).toMatchObject({ verification: 'sampled' });
  });

  it('starts anew when m-load-done comes too early', async () => {
    const script: Script = (command, timesAsked) =>
      command.startsWith('db 00') && timesAsked === 1 ? `m-load-done\r\n${ready}` : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    expect(board.dut.counters()).toMatchObject({ retryCount: 1 });
  });

  it('starts anew when one command brings two replies', async () => {
    const script: Script = (command, timesAsked) =>
      command.startsWith('db 00') && timesAsked === 1
        ? `${ready}e-[Unknown command: 42]\r\n${ready}`
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    expect(board.dut.counters()).toMatchObject({ retryCount: 1 });
  });

  it('sends no data after a size that the board refuses', async () => {
    const script: Script = (command) =>
      command === 'db load 40'
        ? `Supplied buffer size 40 exceeds maximum of 32\n${ready}`
        : undefined;
    await using board = await openScripted(script);
    await expect(board.dut.load(sample, inTime())).rejects.toMatchObject({
      code: 'dut/sample-too-large',
      details: { limitBytes: 32 },
    });
    expect(board.commands.some((command) => /^db [0-9a-f]+$/.test(command))).toBe(false);
  });

  it('gives up with dut/load-failed after the tries that are configured', async () => {
    const script: Script = (command) =>
      command === 'db load 40' ? `m-[Expecting 4 bytes]\r\n${ready}` : undefined;
    await using board = await openScripted(script, { loadRetryCountMax: 2 });
    await expect(board.dut.load(sample, inTime())).rejects.toMatchObject({
      code: 'dut/load-failed',
      details: { tryCount: 3 },
    });
  });

  it('ends as dut/rebooted when the board boots in the middle', async () => {
    const script: Script = (command, timesAsked) =>
      command.startsWith('db 00') && timesAsked === 1 ? banner : undefined;
    await using board = await openScripted(script);
    await board.dut.identify(inTime());
    await expect(board.dut.load(sample, inTime())).rejects.toMatchObject({ code: 'dut/rebooted' });
    await board.dut.load(sample, inTime());
  });
});
