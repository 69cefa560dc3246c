import { cpus } from 'node:os';

import { Type } from 'typebox';

import { defineDutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut, DutContext, InferenceAnswer, InferenceWindow } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { InferenceSession } from '#harness/contracts/inference.ts';
import type { LinkCounters } from '#harness/contracts/records/run-record.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import { isDeadline, raceSignal } from '#harness/kernel/deadline.ts';

/** There is no link: the sample is handed over in memory. */
const noLink: LinkCounters = {
  bytesSent: 0,
  bytesReceived: 0,
  commandCount: 0,
  retryCount: 0,
  resyncCount: 0,
  garbledReplyCount: 0,
};

/**
 * This machine as a device under test, through the inference port. An inference blocks the calling thread, so the run
 * opens it in the thread that issues the load. One per lab: two would measure each other's load.
 */
export const hostDevice = defineDutDriver({
  id: 'dut/host',
  config: Type.Object(
    {
      threadCount: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 256,
          description: 'threads that share one inference; default 1',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  resources: () => ['host'],
  open: (config, context) =>
    Promise.resolve(openHostDevice(context, { threadCount: config.threadCount ?? 1 })),
});

function openHostDevice(context: DutContext, options: { readonly threadCount: number }): Dut {
  const { boardId, clock, deployment, inference } = context;
  let session: InferenceSession | undefined;
  let loaded: Uint8Array | undefined;

  const bounded = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await raceSignal(work, signal);
    } catch (error) {
      throw signal.aborted && isDeadline(signal.reason) ? timedOut(boardId, error) : error;
    }
  };
  const openSession = async (): Promise<InferenceSession> => {
    session ??= await inference.open(
      assertDefined(deployment, 'a sample is loaded only in a run, which has a model'),
      options,
    );
    return session;
  };
  const inferOnce = (signal: AbortSignal): Promise<Float32Array> => {
    assert(session !== undefined && loaded !== undefined, 'a sample is loaded before an inference');
    return bounded(session.infer(loaded), signal);
  };
  const close = async (): Promise<void> => {
    const closing = session;
    session = undefined;
    loaded = undefined;
    await closing?.[Symbol.asyncDispose]();
  };

  return {
    identify: () =>
      Promise.resolve({
        vendor: cpus()[0]?.model.trim() ?? 'unknown processor',
        firmware: inference.version,
        firmwareMode: 'none',
        model: deployment?.boardModel ?? '',
      }),
    awaitBoot: () => Promise.resolve(),
    load: async (sample, signal) => {
      await bounded(openSession(), signal);
      loaded = Uint8Array.from(sample);
    },
    infer: async (signal): Promise<InferenceAnswer> => ({ output: await inferOnce(signal) }),
    inferWindow: async (inferenceCount, signal): Promise<InferenceWindow> => {
      const startedAtNs = clock.nowNs();
      for (let done = 0; done < inferenceCount; done += 1) await inferOnce(signal);
      return { inferenceCount, startedAtNs, endedAtNs: clock.nowNs() };
    },
    counters: () => noLink,
    release: (signal) => bounded(close(), signal),
    [Symbol.asyncDispose]: close,
  };
}

function timedOut(boardId: string, cause: unknown): Error {
  return labError('dut/timeout', `The host device ${boardId} did not finish in time.`, {
    details: { boardId },
    cause,
  });
}
