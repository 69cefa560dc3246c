import { defineDutDriver, type DutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { hasCode } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';

import { awaitBoot } from './boot.ts';
import { deployModel } from './deploy.ts';
import {
  deviceFramesSettings,
  DeviceFramesConfigSchema,
  type DeviceFramesSettings,
} from './device-frames-config.ts';
import { deviceTelemetry, type DeviceTelemetry } from './device-telemetry.ts';
import { FrameLink } from './frame-link.ts';
import { loseDevice, loseSample, type FramesSession } from './frames-session.ts';
import { identify } from './identify.ts';
import { inferMany, inferOnce } from './infer.ts';
import { loadSample } from './load.ts';
import { linkResources, openLink } from './open-link.ts';
import { adaptivePartSize } from './part-size.ts';
import { releaseDevice } from './release.ts';

function framesDut(session: FramesSession): Dut {
  const { link, telemetry } = session;
  let isReleased = false;

  const operate = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    assert(!isReleased, 'a released board is not used again');
    try {
      return await link.operate(signal, work);
    } catch (error) {
      // A clock that jumped, too, is followed anew from the next greeting on.
      if (hasCode(error, 'dut/rebooted', 'dut/garbled-reply')) loseDevice(session);
      else loseSample(session);
      throw error;
    }
  };
  /** The same, and what the device said meanwhile is passed on afterwards. */
  const operateAndListen = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await operate(signal, work);
    } finally {
      telemetry.deliver();
    }
  };

  return {
    identify: (signal) => operateAndListen(signal, () => identify(session)),
    awaitBoot: (signal) => operateAndListen(signal, () => awaitBoot(session)),
    deploy: (signal) => operateAndListen(signal, () => deployModel(session)),
    load: (sample, signal) => {
      telemetry.deliver();
      return operate(signal, () => loadSample(session, sample.slice()));
    },
    infer: (signal) => operate(signal, () => inferOnce(session)),
    inferWindow: (inferenceCount, signal) =>
      operateAndListen(signal, () => inferMany(session, inferenceCount)),
    counters: () => ({ ...link.counters }),
    deviceClock: () => session.clock?.deviceClock(),
    release: async (signal) => {
      try {
        await operateAndListen(signal, () => releaseDevice(session));
      } finally {
        isReleased = true;
      }
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

async function openDeviceFrames(
  settings: DeviceFramesSettings,
  context: DutContext,
  signal: AbortSignal,
): Promise<Dut> {
  const { boardId, clock } = context;
  const opened = await openLink(settings.link, signal);
  const telemetry: DeviceTelemetry = deviceTelemetry(context, (ticks, nearNs) =>
    session.clock?.runNs(ticks, nearNs),
  );
  const link = new FrameLink(opened, {
    boardId,
    clock,
    replyTimeoutMs: settings.replyTimeoutMs,
    retryCountMax: settings.retryCountMax,
    onPush: (push) => telemetry.keep(push, clock.nowNs()),
  });
  const session: FramesSession = {
    link,
    settings,
    context,
    telemetry,
    partSize: adaptivePartSize(settings.chunkBytes),
    greeting: undefined,
    clock: undefined,
    clockReadAtNs: Number.NEGATIVE_INFINITY,
    sample: undefined,
    hasDeployed: false,
  };
  return framesDut(session);
}

/** A device that speaks the Assay device protocol over serial, TCP or USB; see README. */
export const deviceFrames: DutDriver = defineDutDriver({
  id: 'dut/device-frames',
  config: DeviceFramesConfigSchema,
  resources: ({ link }) => linkResources(link),
  open: (config, context, signal) =>
    openDeviceFrames(deviceFramesSettings(config), context, signal),
});
