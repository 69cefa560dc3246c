import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { expect, it } from 'vitest';

import {
  startSimulator,
  temporaryFolder,
} from '#fixtures/pseudo-terminal/testing/simulator-child.ts';
import { bridgeDevice } from '#fixtures/usb-emulation/bridge-device.ts';
import { plugIn } from '#fixtures/usb-emulation/plug-in.ts';
import { describeOnUsbBus } from '#fixtures/usb-emulation/testing/describe-on-usb-bus.ts';
import type { Dut } from '#harness/contracts/dut.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { describeDutContract } from '../dut-contract.ts';
import { deviceFrames } from './device-frames.ts';
import { inTime, keywordDeployment, keywordSample } from './testing/frames-device-dut.ts';

const program = join(import.meta.dirname, '../../../fixtures/boards/frames-device/main.ts');
const [vendorId, productId, serialNumber] = [0x1209, 0x0001, 'ASSAY0001'];

interface UsbFramesDevice extends AsyncDisposable {
  readonly dut: Dut;
  readonly open: () => Promise<Dut>;
  readonly plug: () => Promise<void>;
  readonly unplug: () => Promise<void>;
}

/** A simulated device with the keyword model behind the bulk endpoints of an emulated USB device. */
async function openUsbFramesDevice(inferenceUs: number): Promise<UsbFramesDevice> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const socketPath = join(folder.path, 'firmware');
  const started = await startSimulator(program, [
    `--unix=${socketPath}`,
    `--start-model=kws01=${keywordDeployment.modelPath}`,
    `--inference-us=${inferenceUs}`,
  ]);
  cleanup.use(started);
  let plugged: AsyncDisposable | undefined;
  const plug = async (): Promise<void> => {
    plugged = await plugIn(
      await bridgeDevice({ vendorId, productId, serialNumber, socketPath }),
      '1-1',
    );
  };
  const unplug = async (): Promise<void> => {
    const there = plugged;
    plugged = undefined;
    await there?.[Symbol.asyncDispose]();
  };
  await plug();
  cleanup.defer(unplug);
  const open = async (): Promise<Dut> =>
    deviceFrames.open(
      { link: { kind: 'usb', serialNumber } },
      {
        boardId: 'npu-1',
        clock: systemClock(),
        inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
        log: () => undefined,
        deployment: keywordDeployment,
      },
      inTime(),
    );
  const dut = cleanup.use(await open());
  const resources = cleanup.move();
  return { dut, open, plug, unplug, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function answer(dut: Dut): Promise<Float32Array> {
  await dut.identify(inTime());
  await dut.load(keywordSample(), inTime());
  return (await dut.infer(inTime())).output;
}

/** The error that a call ends with. */
async function errorRecordOf(call: Promise<unknown>): Promise<ErrorRecord | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return errorRecord(error);
  }
}

function itMeetsAnUnpluggedDevice(): void {
  it('unplugged in an inference ends it as usb/unplugged; plugged in again it answers as before', async () => {
    await using opened = await openUsbFramesDevice(100_000);
    const expected = await answer(opened.dut);
    // Ten seconds of work: only the unplugging can end it within the deadline's first second.
    const ended = errorRecordOf(opened.dut.inferWindow(100, inTime()));
    const unpluggedAtMs = performance.now();
    const unplugging = opened.unplug();
    expect(await ended).toMatchObject({ code: 'usb/unplugged' });
    process.stdout.write(`noticed after ${Math.round(performance.now() - unpluggedAtMs)} ms\n`);
    await unplugging;
    await opened.dut[Symbol.asyncDispose]();
    await opened.plug();
    await using next = await opened.open();
    expect(await answer(next)).toEqual(expected);
  });

  it('unplugged between two calls refuses the next one as usb/unplugged', async () => {
    await using opened = await openUsbFramesDevice(1000);
    await answer(opened.dut);
    await opened.unplug();
    await expect(opened.dut.infer(inTime())).rejects.toMatchObject({ code: 'usb/unplugged' });
  });

  it('gone before it is opened is usb/device-absent', async () => {
    await using opened = await openUsbFramesDevice(1000);
    await opened.dut[Symbol.asyncDispose]();
    await opened.unplug();
    await expect(opened.open()).rejects.toMatchObject({ code: 'usb/device-absent' });
  });
}

await describeOnUsbBus(import.meta.url, () => {
  describeDutContract('a device of frames over USB', async () => {
    const opened = await openUsbFramesDevice(1000);
    return {
      dut: opened.dut,
      sample: keywordSample(),
      outputLength: 12,
      identity: {
        vendor: 'Assay',
        firmwareMode: 'none',
        model: 'kws01',
        chipId: 'sim-0001',
        usb: { topologyPath: '1-1', vendorId, productId, serialNumber },
      },
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  });
  itMeetsAnUnpluggedDevice();
});
