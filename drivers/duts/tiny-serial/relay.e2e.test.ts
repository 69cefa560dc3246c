import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { requestJsonLine } from '#fixtures/pseudo-terminal/json-line-socket.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import { keywordContext, keywordSample } from './board-process-dut.ts';
import { openRelayedBoard, type RelayedBoardProcess } from './relayed-board-process.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(25_000);
const quick = { inferTimeoutMs: 400, resyncTimeoutMs: 600, quietMs: 40, commandTimeoutMs: 500 };
const quickly = { ...quick, probeTimeoutMs: 400, ioManagerTimeoutMs: 150 };

function poke(socketPath: string, what: string): Promise<unknown> {
  return requestJsonLine({ socketPath, message: { do: what }, timeoutMs: 5_000 });
}

/** Code and message of the failure. */
async function errorOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof LabError ? `${error.code}: ${error.message}` : String(error);
}

async function identifyAndAnswer({ dut }: RelayedBoardProcess): Promise<Float32Array> {
  await dut.identify(inTime());
  await dut.load(keywordSample, inTime());
  return (await dut.infer(inTime())).output;
}

/** A board with a probe of its own behind an STM32 IO manager. */
async function openProbedBoard(
  board: readonly string[],
  config: Readonly<Record<string, unknown>> = quickly,
): Promise<RelayedBoardProcess & { readonly boardProbe: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'));
  const boardProbe = join(folder, 'probe');
  const opened = await openRelayedBoard({
    generation: 'stm32',
    board: [`--probe=${boardProbe}`, ...board],
    config,
  });
  return {
    ...opened,
    boardProbe,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('the speed of an STM32 IO manager towards the board', () => {
  it('is set where it differs: it reboots, is asked until it answers, and the run log says so', async () => {
    const logged: LogLine[] = [];
    await using relayed = await openRelayedBoard({
      generation: 'stm32',
      board: ['--baud=115200'],
      ioManager: ['--reboot-ms=400'],
      config: { dutBaudRate: 115_200 },
      context: { ...keywordContext, log: (line) => logged.push(line) },
    });
    expect(await identifyAndAnswer(relayed)).toHaveLength(12);
    expect(await poke(relayed.probe, 'state')).toMatchObject({ dutBaudRate: 115_200 });
    expect(logged.filter(({ level }) => level === 'info')).toMatchObject([
      { fields: { foundBaudRate: 9_600, baudRate: 115_200, rebootCount: 1 } },
    ]);
  });

  it('is left as it is where it is right', async () => {
    const logged: LogLine[] = [];
    await using relayed = await openRelayedBoard({
      generation: 'stm32',
      config: { dutBaudRate: 9_600 },
      context: { ...keywordContext, log: (line) => logged.push(line) },
    });
    expect(await identifyAndAnswer(relayed)).toHaveLength(12);
    expect(logged).toEqual([]);
  });

  it('that is wrong makes it hang, which the error says', async () => {
    await using relayed = await openRelayedBoard({
      generation: 'stm32',
      board: ['--baud=115200'],
      config: quickly,
    });
    expect(await errorOf(relayed.dut.identify(inTime()))).toMatch(/^dut\/timeout: .*reset it/);
  });

  it('cannot be chosen for an Arduino', async () => {
    const opening = openRelayedBoard({ generation: 'arduino', config: { dutBaudRate: 115_200 } });
    await expect(opening).rejects.toMatchObject({ code: 'dut/unsupported' });
  });
});

describe('an IO manager that hangs', () => {
  it.each(['arduino', 'stm32'] as const)(
    'as %s is named with what to do, and works on after its reset',
    async (generation) => {
      await using relayed = await openRelayedBoard({ generation, config: quickly });
      const answer = await identifyAndAnswer(relayed);
      await requestJsonLine({
        socketPath: relayed.probe,
        message: { do: 'fault', fault: 'hang-in-relay' },
        timeoutMs: 5_000,
      });
      expect(await errorOf(relayed.dut.load(keywordSample, inTime()))).toMatch(
        /^dut\/timeout: .*reset it/,
      );
      await poke(relayed.probe, 'reset');
      await relayed.dut.load(keywordSample, inTime());
      expect((await relayed.dut.infer(inTime())).output).toEqual(answer);
    },
  );

  it('because its board does ends the inference as dut/timeout and asks for a reset at the release', async () => {
    await using relayed = await openRelayedBoard({
      generation: 'stm32',
      board: ['--fault', 'hang-in-infer'],
      config: quickly,
    });
    await expect(identifyAndAnswer(relayed)).rejects.toMatchObject({ code: 'dut/timeout' });
    expect(await errorOf(relayed.dut.release(inTime()))).toMatch(/^dut\/timeout: .*reset it/);
  });

  it('from the start is no answer of the IO manager', async () => {
    await using relayed = await openRelayedBoard({
      generation: 'stm32',
      config: { ...quickly, bootTimeoutMs: 300 },
    });
    relayed.ioManager.process.kill('SIGSTOP');
    expect(await errorOf(relayed.dut.identify(inTime()))).toMatch(/^dut\/no-answer: .*IO manager/);
    relayed.ioManager.process.kill('SIGCONT');
  });

  it('by leaving the bus ends as serial/unplugged', async () => {
    await using relayed = await openRelayedBoard({ generation: 'stm32' });
    await identifyAndAnswer(relayed);
    const load = relayed.dut.load(keywordSample, inTime());
    relayed.ioManager.process.kill('SIGKILL');
    await expect(load).rejects.toMatchObject({ code: 'serial/unplugged' });
  });
});

describe('a board that boots behind an STM32 IO manager', () => {
  it('while nobody asks leaves a banner in its queue; replies are in step again after identify', async () => {
    await using relayed = await openProbedBoard([]);
    const answer = await identifyAndAnswer(relayed);
    await poke(relayed.boardProbe, 'reset');
    await relayed.dut.awaitBoot(inTime());
    expect((await relayed.dut.identify(inTime())).vendor).toBe('unspecified');
    await relayed.dut.load(keywordSample, inTime());
    expect((await relayed.dut.infer(inTime())).output).toEqual(answer);
  });

  it('in the middle of a run ends the call as dut/rebooted; the next load is right', async () => {
    await using relayed = await openProbedBoard([]);
    const answer = await identifyAndAnswer(relayed);
    await poke(relayed.boardProbe, 'reset');
    const load = relayed.dut.load(keywordSample, inTime());
    await expect(load).rejects.toMatchObject({ code: 'dut/rebooted' });
    await relayed.dut.load(keywordSample, inTime());
    expect((await relayed.dut.infer(inTime())).output).toEqual(answer);
  });

  it('with the other build is refused', async () => {
    await using relayed = await openRelayedBoard({
      generation: 'stm32',
      config: { firmwareMode: 'energy' },
    });
    await expect(relayed.dut.identify(inTime())).rejects.toMatchObject({
      code: 'dut/wrong-firmware-mode',
      details: { found: 'performance', needed: 'energy' },
    });
  });
});

describe('a sample that is too large for a board behind an STM32 IO manager', () => {
  it('is refused, although the line feed in that refusal hides its end from the IO manager', async () => {
    await using relayed = await openRelayedBoard({ generation: 'stm32', config: quickly });
    await relayed.dut.identify(inTime());
    await expect(relayed.dut.load(new Uint8Array(27_649), inTime())).rejects.toMatchObject({
      code: 'dut/sample-too-large',
    });
  });
});
