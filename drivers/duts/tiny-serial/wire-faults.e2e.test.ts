import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { requestJsonLine } from '#fixtures/pseudo-terminal/json-line-socket.ts';
import type { Dut } from '#harness/contracts/dut.ts';

import { keywordSample, openBoardProcess } from './board-process-dut.ts';
import { openRelayedBoard } from './relayed-board-process.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(80_000);
/** Silences that are short, so that a lost character costs little. */
const impatient = {
  chunkTimeoutMs: 300,
  commandTimeoutMs: 500,
  probeTimeoutMs: 300,
  quietMs: 40,
};

/** Samples that give different answers, so that a stale one shows. */
const samples = [0, 1, 2, 3].map((index) => keywordSample.map((byte) => byte + index * 50));
const DamageSchema = Type.Object({ damagedBytes: Type.Integer() });
let expected: readonly Float32Array[] = [];
let folder = '';

async function answersOf(dut: Dut): Promise<Float32Array[]> {
  await dut.identify(inTime());
  const answers: Float32Array[] = [];
  for (const sample of samples) {
    await dut.load(sample, inTime());
    answers.push((await dut.infer(inTime())).output);
  }
  return answers;
}

/**
 * What the wire has damaged, as the simulator's probe tells. The driver need not have noticed: a doubled line end, or
 * another digit in a time stamp that nobody asked for, changes nothing.
 */
async function damagedByteCount(socketPath: string): Promise<number> {
  const state = await requestJsonLine({ socketPath, message: { do: 'state' }, timeoutMs: 5_000 });
  return Value.Parse(DamageSchema, state).damagedBytes;
}

const kinds = ['drop-byte-in', 'garble-byte-in', 'duplicate-byte-in'] as const;
const kindsBack = ['drop-byte-out', 'garble-byte-out', 'duplicate-byte-out'] as const;
const periods = [700, 1_100, 2_300];
const everyFault = periods.flatMap((period) =>
  [...kinds, ...kindsBack].map((kind) => `${kind}:${period}`),
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-faults-'));
  await using clean = await openBoardProcess([]);
  expected = await answersOf(clean.dut);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a wire that damages one byte in so many', { timeout: 90_000 }, () => {
  it.each(everyFault)('with %s never costs an answer', async (fault) => {
    const probe = join(folder, `${fault.replace(':', '-')}.probe`);
    await using faulty = await openBoardProcess(['--fault', fault, '--probe', probe], impatient);
    expect(await answersOf(faulty.dut)).toEqual(expected);
    expect(await damagedByteCount(probe)).toBeGreaterThan(0);
    await faulty.dut.release(inTime());
  });
});

describe('a wire to an IO manager that damages one byte in so many', () => {
  it.each(['drop-byte-in:1100', 'garble-byte-in:1100', 'duplicate-byte-in:1100'])(
    'with %s never costs an answer',
    async (fault) => {
      await using faulty = await openRelayedBoard({
        generation: 'stm32',
        ioManager: ['--fault', fault],
        config: { ...impatient, ioManagerTimeoutMs: 150, probeTimeoutMs: 600 },
      });
      expect(await answersOf(faulty.dut)).toEqual(expected);
      expect(await damagedByteCount(faulty.probe)).toBeGreaterThan(0);
    },
  );

  it.each(['drop-byte-out:1100', 'garble-byte-out:1100', 'duplicate-byte-out:1100'])(
    'with %s never costs an answer',
    async (fault) => {
      await using faulty = await openRelayedBoard({
        generation: 'stm32',
        ioManager: ['--fault', fault],
        config: { ...impatient, ioManagerTimeoutMs: 150, probeTimeoutMs: 600 },
      });
      expect(await answersOf(faulty.dut)).toEqual(expected);
      expect(await damagedByteCount(faulty.probe)).toBeGreaterThan(0);
    },
  );

  it('with an Arduino that talks over the board costs retries and never an answer', async () => {
    await using faulty = await openRelayedBoard({
      generation: 'arduino',
      ioManager: ['--fault', 'half-duplex:40'],
      config: impatient,
    });
    expect(await answersOf(faulty.dut)).toEqual(expected);
    expect(faulty.dut.counters().garbledReplyCount).toBeGreaterThan(0);
  });
});
