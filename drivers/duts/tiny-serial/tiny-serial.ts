import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

import { defineDutDriver, type DutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { assert } from '#harness/kernel/assert.ts';

import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { awaitBoot } from './boot.ts';
import { identify } from './identify.ts';
import { inferMany, inferOnce } from './infer.ts';
import { TinyLink } from './link.ts';
import { loadSample } from './load.ts';
import { releaseBoard } from './release.ts';
import { logNotes, loseSample, type TinySession } from './session.ts';
import { TinySerialConfigSchema, tinySerialSettings } from './tiny-serial-config.ts';

/** The device behind a path, so that two names of one port are one resource; the path itself while it is absent. */
function devicePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not plugged in yet: the name is all there is to go by.
    return resolve(path);
  }
}

function tinyDut(session: TinySession): Dut {
  const { link } = session;
  let isReleased = false;

  const operate = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    assert(!isReleased, 'a released board is not used again');
    try {
      return await link.operate(signal, work);
    } catch (error) {
      loseSample(session);
      throw error;
    }
  };

  return {
    identify: (signal) => operate(signal, () => identify(session)),
    awaitBoot: (signal) => operate(signal, () => awaitBoot(session)),
    load: (sample, signal) => {
      logNotes(session);
      return operate(signal, () => loadSample(session, sample.slice()));
    },
    infer: (signal) => operate(signal, () => inferOnce(session)),
    inferWindow: (inferenceCount, signal) =>
      operate(signal, () => inferMany(session, inferenceCount)),
    counters: () => ({ ...link.counters }),
    release: async (signal) => {
      try {
        await operate(signal, () => releaseBoard(session));
      } finally {
        isReleased = true;
        logNotes(session);
      }
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

async function openTinySerial(
  settings: TinySession['settings'],
  context: DutContext,
  signal: AbortSignal,
): Promise<Dut> {
  const { path, baudRate } = settings;
  const transport = await openSerialTransport({ path, baudRate }, signal);
  return tinyDut({
    link: new TinyLink(transport, context),
    settings,
    context,
    setBaudRate: (rate) => transport.setBaudRate(rate),
    held: { state: 'none' },
    countedLoadCount: undefined,
    slowestInferenceNs: undefined,
    notes: [],
  });
}

/** A microcontroller board that speaks the serial protocol of tiny benchmarks, performance build; see README. */
export const tinySerial: DutDriver = defineDutDriver({
  id: 'dut/tiny-serial',
  config: TinySerialConfigSchema,
  resources: ({ path }) => [devicePath(path)],
  open: (config, context, signal) => openTinySerial(tinySerialSettings(config), context, signal),
});
