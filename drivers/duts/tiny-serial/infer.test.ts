import { describe, expect, it } from 'vitest';

import {
  banner,
  inTime,
  openScripted,
  ready,
  results,
  sample,
  scriptedContext,
  usually,
  type Script,
} from './testing/scripted-board.ts';

describe('infer', () => {
  it('gives the values and the duration of the timer', async () => {
    await using board = await openScripted(usually);
    await board.dut.load(sample, inTime());
    expect(await board.dut.infer(inTime())).toMatchObject({
      output: Float32Array.of(0.125, 0.875),
      deviceDurationNs: 500_000,
    });
  });

  it('asks for the results again when their line is damaged, without inferring again', async () => {
    const script: Script = (command, timesAsked) =>
      command === 'infer 1 0' && timesAsked === 1
        ? 'm-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-1\r\nm-lap-us-5\r\nm-lap-us-9\r\n' +
          `m-infer-done\r\nm-results-[0.1?5,0.875]\r\n${ready}`
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    expect((await board.dut.infer(inTime())).output).toEqual(Float32Array.of(0.125, 0.875));
    expect(board.commands.filter((command) => command === 'infer 1 0')).toHaveLength(1);
    expect(board.commands.filter((command) => command === 'results')).toHaveLength(2);
  });

  it('finds a digit that arrived wrong, and says that the answer came no sooner', async () => {
    let wrongAtNs = 0;
    const script: Script = (command) => {
      if (command !== 'infer 1 0') return undefined;
      wrongAtNs = scriptedContext.clock.nowNs();
      return (
        'm-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-1\r\nm-lap-us-5\r\nm-lap-us-9\r\n' +
        `m-infer-done\r\nm-results-[0.925,0.875]\r\n${ready}`
      );
    };
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    const { output, completedAtNs } = await board.dut.infer(inTime());
    expect(output).toEqual(Float32Array.of(0.125, 0.875));
    expect(board.commands.filter((command) => command === 'results')).toHaveLength(2);
    expect(completedAtNs).toBeGreaterThan(wrongAtNs);
  });

  it('sampled: finds a digit that arrived wrong once anything else has gone wrong on the link', async () => {
    const script: Script = (command, timesAsked) => {
      if (command.startsWith('db 00') && timesAsked === 1) return `e-[x]\r\n${ready}`;
      if (command !== 'infer 1 0') return undefined;
      return (
        'm-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-1\r\nm-lap-us-5\r\nm-lap-us-9\r\n' +
        `m-infer-done\r\nm-results-[0.925,0.875]\r\n${ready}`
      );
    };
    await using board = await openScripted(script, { verify: 'sampled' });
    await board.dut.load(sample, inTime());
    expect((await board.dut.infer(inTime())).output).toEqual(Float32Array.of(0.125, 0.875));
  });

  it('infers again when a lap cannot be', async () => {
    const script: Script = (command, timesAsked) =>
      command === 'infer 1 0' && timesAsked === 1
        ? 'm-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-1\r\nm-lap-us-5\r\nm-lap-us-90000000\r\n' +
          `m-infer-done\r\n${results}${ready}`
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    expect((await board.dut.infer(inTime())).deviceDurationNs).toBe(500_000);
  });

  it('gives no duration where the timer has not moved, neither of an inference nor of a window', async () => {
    const script: Script = (command) =>
      /^infer \d+ 0$/.test(command)
        ? `m-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-${command.split(' ')[1]}\r\n` +
          `m-lap-us-5000\r\nm-lap-us-5000\r\nm-infer-done\r\n${results}${ready}`
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    const answer = await board.dut.infer(inTime());
    expect(answer.output).toEqual(Float32Array.of(0.125, 0.875));
    expect(answer).not.toHaveProperty('deviceDurationNs');
    expect(await board.dut.inferWindow(3, inTime())).not.toHaveProperty('deviceDurationNs');
  });

  it('takes a vector with a trailing comma, between debug lines, NULs and 0xFF', async () => {
    const script: Script = (command) =>
      command === 'infer 1 0'
        ? '\xff\xff<debug>\nm-warmup-start-0\r\n\0m-warmup-done\r\nm-infer-start-1\nm-lap-us-5\r\n' +
          `m-lap-us-9\r\nm-infer-done\r\nm-results-[0.125,0.875,]\r\n${ready}`
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    expect((await board.dut.infer(inTime())).output).toEqual(Float32Array.of(0.125, 0.875));
  });

  it('tells a model that takes another input than was loaded', async () => {
    const script: Script = (command) =>
      command === 'infer 1 0' ? `Input db has 40 elemented, expected 96\n${ready}` : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    await expect(board.dut.infer(inTime())).rejects.toMatchObject({
      code: 'dut/wrong-model',
      details: { loaded: 40, expected: 96 },
    });
  });

  it('sends a lost command again, with the sample loaded anew', async () => {
    const script: Script = (command, timesAsked) =>
      command === 'infer 1 0' && timesAsked === 1 ? '' : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    await board.dut.infer(inTime());
    expect(board.commands.filter((command) => command === 'db load 40')).toHaveLength(2);
  });

  it('ends as dut/timeout when the board starts and falls silent', async () => {
    const script: Script = (command) =>
      command === 'infer 1 0'
        ? 'm-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-1\r\n'
        : undefined;
    await using board = await openScripted(script);
    await board.dut.load(sample, inTime());
    await expect(board.dut.infer(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
  });

  it('ends at the deadline of its caller as dut/timeout, and with any other reason as it is', async () => {
    const script: Script = (command) => (command === 'infer 1 0' ? '' : undefined);
    await using board = await openScripted(script, { commandTimeoutMs: 10_000 });
    await board.dut.load(sample, inTime());
    const deadline = board.dut.infer(AbortSignal.timeout(50));
    await expect(deadline).rejects.toMatchObject({ code: 'dut/timeout' });
    const cancel = new AbortController();
    const cancelled = board.dut.infer(cancel.signal);
    cancel.abort(new Error('cancelled by somebody'));
    await expect(cancelled).rejects.toThrow('cancelled by somebody');
  });

  it('refuses a sample that was lost to a boot between two calls until it is loaded again', async () => {
    await using board = await openScripted(usually);
    await board.dut.identify(inTime());
    await board.dut.load(sample, inTime());
    const receivedBefore = board.dut.counters().bytesReceived;
    board.pty.write(Buffer.from(banner));
    await expect
      .poll(() => board.dut.counters().bytesReceived)
      .toBe(receivedBefore + banner.length);
    await expect(board.dut.infer(inTime())).rejects.toMatchObject({ code: 'dut/rebooted' });
    const loadsBefore = board.commands.filter((command) => command === 'db load 40').length;
    await board.dut.infer(inTime());
    const loadsAfter = board.commands.filter((command) => command === 'db load 40').length;
    expect(loadsAfter).toBe(loadsBefore + 1);
  });
});
