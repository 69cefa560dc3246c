import { defineDutDriver, type DutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';

import {
  configuredPortPath,
  configuredPortResource,
} from '../../transports/serial/configured-port.ts';
import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { BenchLink } from './bench-link.ts';
import { benchTimeout, reachBench, type BenchSession } from './bench-session.ts';
import { identify } from './identify.ts';
import { listen, stopListening } from './listen.ts';
import { TinyStreamingConfigSchema, tinyStreamingSettings } from './tiny-streaming-config.ts';

function refuseSamples({ context }: BenchSession): Promise<never> {
  const message = `the board ${context.boardId} listens to a stream; it takes no single samples`;
  return Promise.reject(labError('dut/unsupported', message));
}

/** Leaves interface board and device idle, and closes the port in any case. */
async function releaseBench(session: BenchSession): Promise<void> {
  const { link, settings } = session;
  try {
    if (!link.isInStep && !(await reachBench(session, settings.resyncTimeoutMs)))
      throw benchTimeout(session, 'does not answer: the interface board must be reset');
    await stopListening(session);
  } finally {
    await link[Symbol.asyncDispose]();
  }
}

async function awaitBench(session: BenchSession): Promise<void> {
  const { link, settings } = session;
  link.isInStep = false;
  if (!(await reachBench(session, settings.bootTimeoutMs)))
    throw benchTimeout(session, 'did not boot in time');
}

function tinyStreamingDut(session: BenchSession): Dut {
  const { link } = session;
  let isReleased = false;
  const operate = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    assert(!isReleased, 'a released board is not used again');
    return link.operate(signal, work);
  };
  return {
    identify: (signal) => operate(signal, () => identify(session)),
    awaitBoot: (signal) => operate(signal, () => awaitBench(session)),
    load: () => refuseSamples(session),
    infer: () => refuseSamples(session),
    inferWindow: () => refuseSamples(session),
    stream: (request, signal) => operate(signal, () => listen(session, request)),
    counters: () => ({ ...link.counters }),
    release: async (signal) => {
      try {
        await operate(signal, () => releaseBench(session));
      } finally {
        isReleased = true;
      }
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** A wake-word board that listens by itself, behind an interface board that plays and records; see README. */
export const tinyStreaming: DutDriver = defineDutDriver({
  id: 'dut/tiny-streaming',
  config: TinyStreamingConfigSchema,
  resources: (config) => [configuredPortResource(config)],
  open: async (config, context, signal) => {
    const path = await configuredPortPath(config);
    const settings = tinyStreamingSettings({ ...config, path });
    const { baudRate } = settings;
    const transport = await openSerialTransport({ path, baudRate }, signal);
    return tinyStreamingDut({ link: new BenchLink(transport, context), settings, context });
  },
});
