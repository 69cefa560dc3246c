import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Dut } from '#harness/contracts/dut.ts';
import type { LinkCounters } from '#harness/contracts/records/run-record.ts';

import { keywordSample, openBoardProcess } from './board-process-dut.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(25_000);
const quick = { inferTimeoutMs: 500, resyncTimeoutMs: 500, probeTimeoutMs: 300, quietMs: 50 };

/** Samples that give different answers, so that a stale one shows. */
const samples = [0, 1, 2, 3].map((index) => keywordSample.map((byte) => byte + index * 50));

async function answersOf(dut: Dut): Promise<Float32Array[]> {
  await dut.identify(inTime());
  const answers: Float32Array[] = [];
  for (const sample of samples) {
    await dut.load(sample, inTime());
    answers.push((await dut.infer(inTime())).output);
  }
  return answers;
}

async function cleanAnswers(): Promise<Float32Array[]> {
  await using clean = await openBoardProcess([]);
  return await answersOf(clean.dut);
}

function errorCount(counters: LinkCounters): number {
  return counters.retryCount + counters.resyncCount + counters.garbledReplyCount;
}

describe('a noisy wire', () => {
  it('with NULs on the line costs nothing', async () => {
    const expected = await cleanAnswers();
    await using faulty = await openBoardProcess(['--fault', 'noise-nul']);
    expect(await answersOf(faulty.dut)).toEqual(expected);
    expect(errorCount(faulty.dut.counters())).toBe(0);
  });
});

describe('a board that fails', () => {
  it('by a boot in the middle of a load ends the load as dut/rebooted; the next load works', async () => {
    await using faulty = await openBoardProcess(['--fault', 'reboot-in-load:3']);
    await faulty.dut.identify(inTime());
    const load = faulty.dut.load(keywordSample, inTime());
    await expect(load).rejects.toMatchObject({ code: 'dut/rebooted' });
    await faulty.dut.load(keywordSample, inTime());
    await faulty.dut.infer(inTime());
  });

  it.each(['hang-in-infer', 'hang-in-load', 'hang-in-results'])(
    'by %s ends as dut/timeout, and so does its release',
    async (fault) => {
      await using faulty = await openBoardProcess(['--fault', fault], {
        ...quick,
        chunkTimeoutMs: 300,
        commandTimeoutMs: 300,
      });
      await expect(answersOf(faulty.dut)).rejects.toMatchObject({ code: 'dut/timeout' });
      await expect(faulty.dut.release(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
    },
  );

  it('by leaving the bus while it infers ends as serial/unplugged', async () => {
    await using faulty = await openBoardProcess(['--fault', 'unplug-in-infer']);
    await expect(answersOf(faulty.dut)).rejects.toMatchObject({ code: 'serial/unplugged' });
    const release = faulty.dut.release(inTime());
    await expect(release).rejects.toMatchObject({ code: 'serial/unplugged' });
  });

  it('only by booting slowly is waited for', async () => {
    await using slow = await openBoardProcess(['--boot-ms', '700'], { probeTimeoutMs: 200 });
    expect((await slow.dut.identify(inTime())).model).toBe('kws01');
  });
});

describe('a board that is set up wrongly', () => {
  it('by an echo is named dut/echo', async () => {
    await using faulty = await openBoardProcess(['--fault', 'echo'], quick);
    await expect(faulty.dut.identify(inTime())).rejects.toMatchObject({ code: 'dut/echo' });
  });

  it('by its speed is named dut/wrong-baud, with the speed that is right', async () => {
    await using faulty = await openBoardProcess([], {
      baudRate: 115_200,
      bootTimeoutMs: 1_500,
      probeTimeoutMs: 200,
      // The simulated line looks at the host's speed only after a silence.
      quietMs: 400,
    });
    await expect(faulty.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/wrong-baud',
      details: { baudRate: 115_200, answersAtBaudRate: 921_600 },
    });
  });

  it('by an energy build is named dut/wrong-firmware-mode', async () => {
    await using faulty = await openBoardProcess(['--mode', 'energy'], quick);
    await expect(faulty.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/wrong-firmware-mode',
    });
  });

  it('by a hang before the first command is named dut/no-answer', async () => {
    await using faulty = await openBoardProcess([], { ...quick, bootTimeoutMs: 500 });
    faulty.board.process.kill('SIGSTOP');
    await expect(faulty.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/no-answer',
    });
    faulty.board.process.kill('SIGCONT');
  });
});

describe('a deploy', () => {
  it('boots the board while its port is open, which awaitBoot takes for no failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probe-'));
    const probe = join(folder, 'probe');
    await using flashed = await openBoardProcess([`--probe=${probe}`, '--boot-ms=300'], quick);
    await flashed.dut.identify(inTime());
    await flashed.dut.load(keywordSample, inTime());
    const socket = connect(probe);
    socket.write('{"do":"flash","model":"kws01"}\n');
    await once(socket, 'data');
    socket.destroy();
    await flashed.dut.awaitBoot(inTime());
    expect((await flashed.dut.identify(inTime())).model).toBe('kws01');
    await flashed.dut.load(keywordSample, inTime());
    await flashed.dut.infer(inTime());
    await rm(folder, { recursive: true });
  });
});

describe('the timer of a board', () => {
  it('may wrap at 32 bits within an inference', async () => {
    const justBeforeWrap = String(2 ** 32 - 300_000);
    await using wrapping = await openBoardProcess(['--ticker-start-us', justBeforeWrap]);
    await wrapping.dut.identify(inTime());
    await wrapping.dut.load(keywordSample, inTime());
    const window = await wrapping.dut.inferWindow(600, inTime());
    expect(window.deviceDurationNs).toBeGreaterThan(500e6);
    expect(window.deviceDurationNs).toBeLessThan(20e9);
  });
});
