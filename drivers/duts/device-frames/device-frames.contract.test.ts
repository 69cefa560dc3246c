import { env } from 'node:process';

import { systemClock } from '#harness/kernel/system-clock.ts';

import { describeDutContract } from '../dut-contract.ts';
import { deviceFrames } from './device-frames.ts';
import {
  inTime,
  keywordDeployment,
  keywordSample,
  openFramesDevice,
} from './testing/frames-device-dut.ts';

const identity = {
  vendor: 'Assay',
  firmware: 'frames-device 1.0',
  firmwareMode: 'none',
  model: 'kws01',
  chipId: 'sim-0001',
};

for (const link of ['serial', 'tcp'] as const) {
  describeDutContract(`a device of frames over ${link}`, async () => {
    const opened = await openFramesDevice({ link });
    return {
      dut: opened.dut,
      sample: keywordSample(),
      outputLength: 12,
      identity,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  });
}

const hardware = env['ASSAY_HIL_DEVICE_FRAMES'];
if (hardware !== undefined) {
  describeDutContract('a real device of frames', async () => {
    const context = {
      boardId: 'hil',
      clock: systemClock(),
      inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
      log: () => undefined,
      deployment: keywordDeployment,
    };
    const config: unknown = JSON.parse(hardware);
    const dut = await deviceFrames.open(config, context, inTime());
    await dut.deploy?.(inTime());
    return {
      dut,
      sample: keywordSample(),
      outputLength: 12,
      identity: { model: 'kws01' },
      [Symbol.asyncDispose]: () => dut[Symbol.asyncDispose](),
    };
  });
}
