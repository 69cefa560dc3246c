import { describe, expect, it } from 'vitest';

import type { Dut } from '#harness/contracts/dut.ts';
import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { inTime, keywordSample, openFramesDevice } from './testing/frames-device-dut.ts';

const sampleCount = 25;

async function answers(dut: Dut): Promise<readonly Float32Array[]> {
  const outputs: Float32Array[] = [];
  for (let seed = 0; seed < sampleCount; seed += 1) {
    await dut.load(keywordSample(seed), inTime());
    const { output, deviceDurationNs } = await dut.infer(inTime());
    expect(deviceDurationNs).toBeGreaterThan(900_000);
    expect(deviceDurationNs).toBeLessThan(1e9);
    outputs.push(output);
  }
  return outputs;
}

describe('a serial line that damages bytes', () => {
  it.each([
    'drop-byte-in:700',
    'drop-byte-out:700',
    'garble-byte-in:700',
    'garble-byte-out:1100',
    'duplicate-byte-in:1100',
    'duplicate-byte-out:700',
    'drop-byte-in:2300',
    'drop-byte-out:2300',
  ])(
    'by %s changes no answer, and is counted',
    async (fault) => {
      await using opened = await openFramesDevice();
      await opened.dut.identify(inTime());
      const expected = await answers(opened.dut);
      await opened.probe({ do: 'fault', fault });
      expect(await answers(opened.dut)).toEqual(expected);
      const { retryCount, garbledReplyCount, resyncCount } = opened.dut.counters();
      expect(retryCount + garbledReplyCount + resyncCount).toBeGreaterThan(0);
      await opened.dut.release(inTime());
    },
    60_000,
  );

  it('both ways and in every manner at once brings a whole model and right answers over', async () => {
    const names = ['drop-byte', 'garble-byte', 'duplicate-byte'];
    const faults = names.flatMap((name, index) => [
      `${name}-in:${4600 + index}`,
      `${name}-out:${4611 + index}`,
    ]);
    const device = faults.flatMap((fault) => ['--fault', fault]);
    await using clean = await openFramesDevice();
    await clean.dut.identify(inTime());
    await using opened = await openFramesDevice({ isEmpty: true, device });
    await opened.dut.identify(inTime());
    await opened.dut.deploy?.(AbortSignal.timeout(90_000));
    expect(await answers(opened.dut)).toEqual(await answers(clean.dut));
  }, 120_000);

  it('so that hardly a frame passes ends in an error, not in a wrong answer', async () => {
    await using opened = await openFramesDevice({
      config: { replyTimeoutMs: 700, retryCountMax: 4 },
    });
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample(), inTime());
    await opened.probe({ do: 'fault', fault: 'garble-byte-in:20' });
    const loading = opened.dut.load(keywordSample(1), inTime());
    const outcome = await loading.catch((error: unknown) => error);
    const codes = ['dut/load-failed', 'dut/timeout', 'dut/garbled-reply'] as const;
    expect(hasCode(outcome, ...codes)).toBe(true);
  });
});
