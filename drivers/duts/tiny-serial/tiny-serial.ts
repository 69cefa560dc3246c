import { defineDutDriver, type DutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';

import {
  configuredPortPath,
  configuredPortResource,
} from '../../transports/serial/configured-port.ts';
import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { awaitBoot } from './boot.ts';
import { identify } from './identify.ts';
import { inferMany, inferOnce } from './infer.ts';
import { IoManager } from './io-manager.ts';
import { TinyLink } from './link.ts';
import { loadSample } from './load.ts';
import { RelayTransport, type RelayOptions } from './relay-transport.ts';
import { releaseBoard } from './release.ts';
import { logNotes, loseSample, type TinySession } from './session.ts';
import {
  TinySerialConfigSchema,
  tinySerialSettings,
  type TinySerialSettings,
} from './tiny-serial-config.ts';

const arduinoBaudRate = 9_600;

function tinyDut(session: TinySession): Dut {
  const { link } = session;
  let isReleased = false;

  const operate = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    assert(!isReleased, 'a released board is not used again');
    session.signal = signal;
    try {
      return await link.operate(signal, work);
    } catch (error) {
      loseSample(session);
      throw error;
    }
  };

  return {
    identify: (signal) =>
      operate(signal, async () => {
        await session.ioManager?.prepare(signal);
        return await identify(session);
      }),
    awaitBoot: (signal) =>
      operate(signal, async () => {
        await session.ioManager?.prepare(signal);
        await awaitBoot(session);
      }),
    load: (sample, signal) => {
      logNotes(session);
      return operate(signal, () => loadSample(session, sample.slice()));
    },
    infer: (signal) => operate(signal, () => inferOnce(session)),
    inferWindow: (inferenceCount, signal) =>
      operate(signal, () => inferMany(session, inferenceCount)),
    counters: () => ({ ...link.counters, verification: session.settings.verify }),
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

/** The Arduino generation knows one speed towards the board. @throws LabError dut/unsupported */
function requirePossible(
  { ioManager: generation, dutBaudRate }: TinySerialSettings,
  boardId: string,
): void {
  if (generation !== 'arduino' || dutBaudRate === undefined || dutBaudRate === arduinoBaudRate)
    return;
  throw labError(
    'dut/unsupported',
    `the Arduino IO manager of the board ${boardId} speaks ${arduinoBaudRate} baud to it, not ${dutBaudRate}`,
    { details: { boardId, dutBaudRate, possibleBaudRate: arduinoBaudRate } },
  );
}

function relayOver(
  transport: ByteTransport,
  settings: TinySerialSettings,
  seat: Pick<RelayOptions, 'boardId' | 'clock' | 'onDamage'>,
): RelayTransport | undefined {
  const { ioManager: generation, ioManagerTimeoutMs: ackTimeoutMs } = settings;
  if (generation === undefined) return undefined;
  return new RelayTransport(transport, { ...seat, generation, ackTimeoutMs });
}

async function openTinySerial(
  settings: TinySerialSettings,
  context: DutContext,
  signal: AbortSignal,
): Promise<Dut> {
  const { path, baudRate } = settings;
  requirePossible(settings, context.boardId);
  const transport = await openSerialTransport({ path, baudRate }, signal);
  const onDamage = (): void => {
    link.counters.garbledReplyCount += 1;
  };
  const { boardId, clock } = context;
  const relay = relayOver(transport, settings, { boardId, clock, onDamage });
  const link = new TinyLink(relay ?? transport, context);
  return tinyDut({
    link,
    settings,
    context,
    setBaudRate: (rate) => transport.setBaudRate(rate),
    ...(relay === undefined ? {} : { ioManager: new IoManager(relay, settings, context) }),
    held: { state: 'none' },
    countedLoadCount: undefined,
    slowestInferenceNs: undefined,
    notes: [],
  });
}

/** A microcontroller board that speaks the serial protocol of tiny benchmarks, see README. */
export const tinySerial: DutDriver = defineDutDriver({
  id: 'dut/tiny-serial',
  config: TinySerialConfigSchema,
  resources: (config) => [configuredPortResource(config)],
  open: async (config, context, signal) => {
    const path = await configuredPortPath(config);
    return openTinySerial(tinySerialSettings({ ...config, path }), context, signal);
  },
});
