import { describe, expect, it } from 'vitest';

import type { Dut } from '#harness/contracts/dut.ts';

import {
  inTime,
  keywordDeployment,
  keywordSample,
  openFramesDevice,
  type FramesDeviceDut,
} from './testing/frames-device-dut.ts';

async function answer(dut: Dut): Promise<Float32Array> {
  await dut.load(keywordSample(), inTime());
  return (await dut.infer(inTime())).output;
}

/** After a fault: the port is free, the device can be reset, and the next run gets the answer of before. */
async function expectUsable(opened: FramesDeviceDut, expected: Float32Array): Promise<void> {
  await opened.dut[Symbol.asyncDispose]();
  await opened.probe({ do: 'clear-faults' });
  await opened.probe({ do: 'replug' });
  await opened.probe({ do: 'reset' });
  await using next = await opened.open();
  await next.identify(inTime());
  await next.deploy?.(inTime());
  expect(await answer(next)).toEqual(expected);
}

/** Identifies, answers once, and then meets the fault. */
async function openBefore(fault: string, link: 'serial' | 'tcp' = 'serial') {
  const opened = await openFramesDevice({ link });
  await opened.dut.identify(inTime());
  const expected = await answer(opened.dut);
  await opened.probe({ do: 'fault', fault });
  return { opened, expected };
}

describe('a device that fails', () => {
  it.each([
    ['hang-in-load', 'dut/timeout'],
    ['reboot-in-load', 'dut/rebooted'],
    ['wrong-load-crc*', 'dut/load-failed'],
  ])('in a load by %s ends it as %s', async (fault, code) => {
    const { opened, expected } = await openBefore(fault);
    await using _ = opened;
    const loading = opened.dut.load(keywordSample(1), inTime());
    await expect(loading).rejects.toMatchObject({ code });
    await expectUsable(opened, expected);
  });

  it.each([
    ['hang-in-infer', 'serial', 'dut/timeout'],
    ['reboot-in-infer', 'serial', 'dut/rebooted'],
    ['clock-backwards', 'serial', 'dut/garbled-reply'],
    ['nan-output', 'serial', 'dut/wrong-output'],
    ['wrong-output-count', 'serial', 'dut/wrong-model'],
    ['unplug-in-infer', 'serial', 'serial/unplugged'],
    ['unplug-in-infer', 'tcp', 'network/closed'],
    ['hang-in-infer', 'tcp', 'dut/timeout'],
  ] as const)('in an inference by %s over %s ends it as %s', async (fault, link, code) => {
    const { opened, expected } = await openBefore(fault, link);
    await using _ = opened;
    await expect(opened.dut.infer(inTime())).rejects.toMatchObject({ code });
    await expectUsable(opened, expected);
  });

  it('in a window by a reboot ends it as dut/rebooted', async () => {
    const { opened, expected } = await openBefore('reboot-in-infer');
    await using _ = opened;
    const window = opened.dut.inferWindow(100, inTime());
    await expect(window).rejects.toMatchObject({ code: 'dut/rebooted' });
    await expectUsable(opened, expected);
  });

  it.each(['reboot-in-infer', 'nan-output', 'clock-backwards'])(
    'by %s goes on with the next load, without being opened anew',
    async (fault) => {
      const { opened, expected } = await openBefore(fault);
      await using _ = opened;
      await expect(opened.dut.infer(inTime())).rejects.toThrow('npu-1');
      // A device that loses its model in a boot is given it by the run's recovery.
      await opened.dut.deploy?.(inTime());
      expect(await answer(opened.dut)).toEqual(expected);
      await opened.dut.release(inTime());
    },
  );

  it('to hold what was sent once is loaded again, and the counters say so', async () => {
    const { opened, expected } = await openBefore('wrong-load-crc');
    await using _ = opened;
    expect(await answer(opened.dut)).toEqual(expected);
    expect(opened.dut.counters().garbledReplyCount).toBe(1);
  });

  it('to answer before the deadline of the call ends it as dut/timeout; the late answer is nobody’s', async () => {
    const { opened, expected } = await openBefore('slow-infer:700');
    await using _ = opened;
    const late = opened.dut.infer(AbortSignal.timeout(200));
    await expect(late).rejects.toMatchObject({ code: 'dut/timeout' });
    expect(await answer(opened.dut)).toEqual(expected);
  });

  it('to be quick, but says that it lives, is waited for beyond the silence that counts as death', async () => {
    await using opened = await openFramesDevice({ config: { replyTimeoutMs: 1200 } });
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample(), inTime());
    await opened.probe({ do: 'fault', fault: 'slow-infer:3000' });
    const { deviceDurationNs } = await opened.dut.infer(inTime());
    expect(deviceDurationNs).toBeGreaterThan(2.9e9);
  });

  it('at release is left in time, with its port free', async () => {
    const { opened, expected } = await openBefore('hang-in-infer');
    await using _ = opened;
    await expect(opened.dut.infer(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
    await expect(opened.dut.release(inTime())).rejects.toMatchObject({ code: 'dut/no-answer' });
    await expectUsable(opened, expected);
  });
});

describe('a model', () => {
  const identified = async (fault?: string): Promise<FramesDeviceDut> => {
    const device = fault === undefined ? [] : ['--fault', fault];
    const opened = await openFramesDevice({ isEmpty: true, device });
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: '' });
    return opened;
  };

  it('is put on a device that holds none, and not sent again', async () => {
    await using opened = await identified();
    await opened.dut.deploy?.(inTime());
    const { bytesSent } = opened.dut.counters();
    expect(bytesSent).toBeGreaterThan(50_000);
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: 'kws01' });
    await opened.dut.deploy?.(inTime());
    expect(opened.dut.counters().bytesSent - bytesSent).toBeLessThan(1000);
    expect(await answer(opened.dut)).toHaveLength(12);
  });

  it('that arrives with another hash is sent once more, then given up', async () => {
    await using opened = await identified('wrong-hash');
    await opened.dut.deploy?.(inTime());
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: 'kws01' });
    await using bad = await identified('wrong-hash*');
    const deploying = bad.dut.deploy?.(inTime());
    await expect(deploying).rejects.toMatchObject({ code: 'dut/deploy-failed' });
  });

  it('whose upload hangs ends it as dut/timeout', async () => {
    await using opened = await identified('hang-in-model');
    const deploying = opened.dut.deploy?.(inTime());
    await expect(deploying).rejects.toMatchObject({ code: 'dut/timeout' });
  });

  it('is missing: a load is refused as dut/wrong-model', async () => {
    await using opened = await identified();
    const loading = opened.dut.load(keywordSample(), inTime());
    await expect(loading).rejects.toMatchObject({ code: 'dut/wrong-model' });
  });

  it('is not named when the device holds other bytes', async () => {
    const deployment = { ...keywordDeployment, modelSha256: '1'.repeat(64) };
    await using opened = await openFramesDevice({ context: { deployment } });
    expect(await opened.dut.identify(inTime())).toMatchObject({ vendor: 'Assay', model: '' });
    const deploying = opened.dut.deploy?.(inTime());
    await expect(deploying).rejects.toMatchObject({ code: 'dut/deploy-failed' });
  });

  it('that the device says afterwards it does not hold is a failed deployment', async () => {
    await using opened = await openFramesDevice();
    await opened.probe({ do: 'fault', fault: 'other-model*' });
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: '' });
    const deploying = opened.dut.deploy?.(inTime());
    await expect(deploying).rejects.toMatchObject({ code: 'dut/deploy-failed' });
  });
});

describe('who may use a device', () => {
  it('is who knows the token', async () => {
    const device = ['--token', 'secret'];
    await using opened = await openFramesDevice({ device, config: { token: 'secret' } });
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: 'kws01' });
    await opened.dut[Symbol.asyncDispose]();
    for (const token of ['guess', undefined]) {
      await using stranger = await opened.open({ token });
      const identifying = stranger.identify(inTime());
      await expect(identifying).rejects.toMatchObject({ code: 'agent/denied' });
    }
  });

  it('is one host at a time: the second is told, and the first goes on', async () => {
    await using opened = await openFramesDevice({ link: 'tcp' });
    await opened.dut.identify(inTime());
    const expected = await answer(opened.dut);
    await using second = await opened.open();
    const identifying = second.identify(inTime());
    await expect(identifying).rejects.toMatchObject({ code: 'dut/rejected-command' });
    expect(await answer(opened.dut)).toEqual(expected);
  });
});
