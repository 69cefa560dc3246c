import { describe, expect, it } from 'vitest';

import {
  openPseudoTerminal,
  type PseudoTerminal,
} from '#fixtures/pseudo-terminal/pseudo-terminal.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { tinySerial } from './tiny-serial.ts';

/** What a scripted board says to a command; undefined: the usual, as the sheet has it. */
type Script = (command: string, timesAsked: number) => string | undefined;

interface ScriptedBoard extends AsyncDisposable {
  readonly pty: PseudoTerminal;
  readonly dut: Dut;
  /** Every command that arrived, in order. */
  readonly commands: readonly string[];
}

const ready = 'm-ready\r\n';
const banner = `m-timestamp-mode-performance\r\nm-lap-us-17\r\nm-init-done\r\n${ready}`;
const results = 'm-results-[0.125,0.875]\r\n';
const sample = Uint8Array.from({ length: 40 }, (_, index) => index * 6);
const inTime = (): AbortSignal => AbortSignal.timeout(20_000);

/** The usual replies of a two-class board; typed from the sheet, not made by the driver. */
function usualReplies(): (command: string) => string {
  let expectedCount = 0;
  let held = '';
  const chunk = (hex: string): string => {
    held += hex;
    return held.length === expectedCount * 2 ? `m-load-done\r\n${ready}` : ready;
  };
  return (command) => {
    if (command === 'name') return `m-name-dut-[scripted]\r\n${ready}`;
    if (command === 'profile') return `m-profile-[Test V1]\r\nm-model-[pair]\r\n${ready}`;
    if (command === 'timestamp') return `m-lap-us-1000\r\n${ready}`;
    if (command === 'results') return results + ready;
    if (command === 'db print') {
      const lines = held.match(/.{1,16}/g) ?? [];
      const print = lines.map((line) => `m-buffer-${(line.match(/../g) ?? []).join('-')}\r\n`);
      return print.join('') + ready;
    }
    const load = /^db load (\d+)$/.exec(command);
    if (load !== null) {
      expectedCount = Number(load[1]);
      held = '';
      return `m-[Expecting ${expectedCount} bytes]\r\n${ready}`;
    }
    const data = /^db ([0-9a-f]+)$/.exec(command);
    if (data !== null) return chunk(data[1] ?? '');
    const infer = /^infer (\d+) 0$/.exec(command);
    if (infer === null) return `e-[Unknown command: ${command}]\r\n${ready}`;
    const marks = `m-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-${infer[1]}\r\n`;
    return `${marks}m-lap-us-2000\r\nm-lap-us-2500\r\nm-infer-done\r\n${results}${ready}`;
  };
}

const context: DutContext = {
  boardId: 'scripted-1',
  clock: systemClock(),
  inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
  log: () => undefined,
  deployment: {
    modelPath: '/none',
    modelSha256: '0'.repeat(64),
    boardModel: 'pair',
    inputElement: 'uint8',
    inputShape: [40],
    outputLength: 2,
  },
};

/** A board that answers by script, and the driver opened on it. An empty answer is silence. */
async function openScripted(
  script: Script,
  config: Record<string, unknown> = {},
): Promise<ScriptedBoard> {
  const usual = usualReplies();
  const commands: string[] = [];
  let begun = '';
  const pty: PseudoTerminal = await openPseudoTerminal({
    onBytes: (bytes) => {
      const parts = (begun + Buffer.from(bytes).toString('latin1')).split('%');
      begun = parts.pop() ?? '';
      for (const command of parts) {
        commands.push(command);
        const timesAsked = commands.filter((other) => other === command).length;
        const scripted = script(command, timesAsked);
        pty.write(Buffer.from(scripted ?? usual(command), 'latin1'));
      }
    },
  });
  const quick = {
    quietMs: 20,
    probeTimeoutMs: 200,
    commandTimeoutMs: 300,
    chunkTimeoutMs: 300,
    inferTimeoutMs: 600,
    resyncTimeoutMs: 800,
    bootTimeoutMs: 800,
    sweepTimeoutMs: 20,
  };
  const dut = await tinySerial.open({ path: pty.path, ...quick, ...config }, context, inTime());
  return {
    pty,
    dut,
    commands,
    [Symbol.asyncDispose]: async () => {
      await dut[Symbol.asyncDispose]();
      await pty[Symbol.asyncDispose]();
    },
  };
}

const usually: Script = () => undefined;

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

  it('reads back the first of eight loads on a clean link, and the ninth', async () => {
    await using board = await openScripted(usually);
    await board.dut.identify(inTime());
    const printCounts: number[] = [];
    for (let count = 1; count <= 9; count += 1) {
      await board.dut.load(sample, inTime());
      printCounts.push(board.commands.filter((command) => command === 'db print').length);
    }
    expect(printCounts).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
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

describe('infer', () => {
  it('gives the values and the duration of the timer', async () => {
    await using board = await openScripted(usually);
    await board.dut.load(sample, inTime());
    expect(await board.dut.infer(inTime())).toEqual({
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

  it('finds a digit that arrived wrong once anything else has gone wrong on the link', async () => {
    const script: Script = (command, timesAsked) => {
      if (command.startsWith('db 00') && timesAsked === 1) return `e-[x]\r\n${ready}`;
      if (command !== 'infer 1 0') return undefined;
      return (
        'm-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-1\r\nm-lap-us-5\r\nm-lap-us-9\r\n' +
        `m-infer-done\r\nm-results-[0.925,0.875]\r\n${ready}`
      );
    };
    await using board = await openScripted(script);
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
    const again = await tinySerial.open({ path: board.pty.path }, context, inTime());
    await again[Symbol.asyncDispose]();
  });
});
