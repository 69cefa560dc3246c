import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { requestJsonLine } from '#fixtures/pseudo-terminal/json-line-socket.ts';

import { keywordContext, keywordSample, openBoardProcess } from './board-process-dut.ts';
import { tinySerial } from './tiny-serial.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(25_000);
const quick = {
  inferTimeoutMs: 400,
  resyncTimeoutMs: 400,
  probeTimeoutMs: 200,
  quietMs: 40,
  chunkTimeoutMs: 300,
  commandTimeoutMs: 300,
};

describe('a board that boots in the middle of an inference', () => {
  it.each(['reboot-in-warmup', 'reboot-in-infer', 'reboot-in-results'])(
    'by %s ends the inference as dut/rebooted; the same sample is answered afterwards',
    async (fault) => {
      await using clean = await openBoardProcess([]);
      await clean.dut.identify(inTime());
      await clean.dut.load(keywordSample, inTime());
      const expected = await clean.dut.infer(inTime());
      await using faulty = await openBoardProcess(['--fault', fault]);
      await faulty.dut.identify(inTime());
      await faulty.dut.load(keywordSample, inTime());
      await expect(faulty.dut.infer(inTime())).rejects.toMatchObject({ code: 'dut/rebooted' });
      expect((await faulty.dut.infer(inTime())).output).toEqual(expected.output);
      await faulty.dut.release(inTime());
    },
  );
});

describe('a board that hangs in its warm-up', () => {
  it('ends as dut/timeout, its release says so, and the port is free again', async () => {
    await using faulty = await openBoardProcess(['--fault', 'hang-in-warmup'], quick);
    await faulty.dut.identify(inTime());
    await faulty.dut.load(keywordSample, inTime());
    await expect(faulty.dut.infer(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
    await expect(faulty.dut.release(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
    const config = { path: faulty.board.path, baudRate: 921_600 };
    await using again = await tinySerial.open(config, keywordContext, inTime());
    expect(again.counters().commandCount).toBe(0);
  });
});

describe('a board that leaves the bus and comes back', () => {
  it('ends as serial/unplugged; a fresh opening of the same path answers', async () => {
    await using faulty = await openBoardProcess(['--fault', 'unplug-in-infer:50']);
    await faulty.dut.identify(inTime());
    await faulty.dut.load(keywordSample, inTime());
    await expect(faulty.dut.infer(inTime())).rejects.toMatchObject({ code: 'serial/unplugged' });
    await faulty.dut[Symbol.asyncDispose]();
    const config = { path: faulty.board.path, baudRate: 921_600 };
    const reopen = () => tinySerial.open(config, keywordContext, inTime());
    await expect.poll(() => reopen().then((dut) => dut[Symbol.asyncDispose]())).toBeUndefined();
    await using again = await reopen();
    expect((await again.identify(inTime())).model).toBe('kws01');
    await again.load(keywordSample, inTime());
    expect((await again.infer(inTime())).output).toHaveLength(12);
  });
});

describe('a slow board', () => {
  it('past the deadline of its caller ends as dut/timeout and answers the next call', async () => {
    await using slow = await openBoardProcess(['--inference-us=kws01=600000']);
    await slow.dut.identify(inTime());
    await slow.dut.load(keywordSample, inTime());
    const infer = slow.dut.infer(AbortSignal.timeout(150));
    await expect(infer).rejects.toMatchObject({ code: 'dut/timeout' });
    expect((await slow.dut.infer(inTime())).deviceDurationNs).toBeGreaterThan(500e6);
  });

  it('at 9600 baud takes a load that is longer than any single silence', async () => {
    await using slow = await openBoardProcess(['--baud=9600', '--pace', '--mode=energy'], {
      baudRate: 9_600,
      firmwareMode: 'energy',
      chunkTimeoutMs: 600,
      commandTimeoutMs: 600,
      verify: 'count',
    });
    await slow.dut.identify(inTime());
    await slow.dut.load(keywordSample, inTime());
    expect((await slow.dut.infer(inTime())).output).toHaveLength(12);
    expect(slow.dut.counters()).toMatchObject({ retryCount: 0, resyncCount: 0 });
  });
});

describe('quirks of firmware', () => {
  it('with lines that end in LF alone read the same', async () => {
    await using board = await openBoardProcess(['--fault', 'line-feed-only*']);
    await board.dut.identify(inTime());
    await board.dut.load(keywordSample, inTime());
    expect((await board.dut.infer(inTime())).output).toHaveLength(12);
    expect(board.dut.counters()).toMatchObject({ retryCount: 0, garbledReplyCount: 0 });
  });

  it('with a timer of milliseconds never give a duration of zero', async () => {
    await using board = await openBoardProcess([
      '--ticker-step-us=1000',
      '--inference-us=kws01=100',
    ]);
    await board.dut.identify(inTime());
    await board.dut.load(keywordSample, inTime());
    for (let count = 0; count < 20; count += 1) {
      const { deviceDurationNs } = await board.dut.infer(inTime());
      expect(deviceDurationNs).not.toBe(0);
      expect((deviceDurationNs ?? 0) % 1e6).toBe(0);
    }
    const window = await board.dut.inferWindow(1_000, inTime());
    expect(window.deviceDurationNs).toBeGreaterThan(90e6);
  });

  it('with another model are told by identify', async () => {
    await using board = await openBoardProcess(['--fault', 'wrong-model-name:vww01']);
    expect((await board.dut.identify(inTime())).model).toBe('vww01');
  });
});

describe('an energy build', () => {
  it('runs windows whose edges the host stamps, without a duration of the device', async () => {
    await using board = await openBoardProcess(['--mode=energy'], { firmwareMode: 'energy' });
    expect(await board.dut.identify(inTime())).toMatchObject({ firmwareMode: 'energy' });
    await board.dut.load(keywordSample, inTime());
    expect(await board.dut.infer(inTime())).not.toHaveProperty('deviceDurationNs');
    const window = await board.dut.inferWindow(200, inTime());
    expect(window).not.toHaveProperty('deviceDurationNs');
    expect(window.endedAtNs - window.startedAtNs).toBeGreaterThan(100e6);
  });

  it('is needed where a performance build is: dut/wrong-firmware-mode, before anything else', async () => {
    await using board = await openBoardProcess([], { firmwareMode: 'energy' });
    await expect(board.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/wrong-firmware-mode',
      details: { found: 'performance', needed: 'energy' },
    });
  });

  it('is told by its banner as soon as the board boots', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probe-'));
    const socketPath = join(folder, 'probe');
    await using board = await openBoardProcess([`--probe=${socketPath}`, '--mode=energy'], quick);
    await requestJsonLine({ socketPath, message: { do: 'reset' }, timeoutMs: 5_000 });
    await expect(board.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/wrong-firmware-mode',
      details: { found: 'energy', needed: 'performance' },
    });
    await rm(folder, { recursive: true });
  });
});
