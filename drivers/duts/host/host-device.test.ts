import { describe, expect, it } from 'vitest';

import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import type {
  InferenceRuntime,
  InferenceSession,
  ModelDeployment,
} from '#harness/contracts/inference.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { hostDevice } from './host-device.ts';

const signal = AbortSignal.timeout(25_000);

const deployment: ModelDeployment = {
  modelPath: '/models/sum.onnx',
  modelSha256: '0'.repeat(64),
  boardModel: 'sum01',
  inputElement: 'uint8',
  inputShape: [3],
  outputLength: 1,
};

/** Instants 1000, 2000, 3000 ns …: one step per question. */
function steppingClock(): Clock {
  let nowNs = 0;
  return {
    nowNs: () => {
      nowNs += 1000;
      return nowNs;
    },
    utcMs: () => 0,
    sleep: () => Promise.resolve(),
  };
}

/** A model that answers the sum of its bytes; `infer` may be replaced by one that hangs. */
class SumRuntime implements InferenceRuntime {
  readonly version = 'sum-runtime 1.0';
  readonly openedThreadCounts: number[] = [];
  closedCount = 0;
  inferenceCount = 0;
  infer: InferenceSession['infer'] = (sample) =>
    Promise.resolve(Float32Array.of(sample.reduce((sum, byte) => sum + byte, 0)));

  readonly open: InferenceRuntime['open'] = (_, { threadCount }) => {
    this.openedThreadCounts.push(threadCount);
    return Promise.resolve({
      infer: (sample) => {
        this.inferenceCount += 1;
        return this.infer(sample);
      },
      [Symbol.asyncDispose]: () => {
        this.closedCount += 1;
        return Promise.resolve();
      },
    });
  };
}

function openHost(
  inference: InferenceRuntime,
  config: unknown = {},
  changes: Partial<DutContext> = {},
): Promise<Dut> {
  const context: DutContext = {
    boardId: 'host',
    clock: steppingClock(),
    inference,
    log: () => {},
    deployment,
    ...changes,
  };
  return hostDevice.open(config, context, signal);
}

describe('hostDevice', () => {
  it('names the processor, the library and the model of the run', async () => {
    await using host = await openHost(new SumRuntime());
    await host.awaitBoot(signal);
    const identity = await host.identify(signal);
    expect(identity).toMatchObject({
      firmware: 'sum-runtime 1.0',
      firmwareMode: 'none',
      model: 'sum01',
    });
    expect(identity.vendor).not.toBe('');
  });

  it('can be identified without a model, for recovery and doctor', async () => {
    const context: DutContext = {
      boardId: 'host',
      clock: steppingClock(),
      inference: new SumRuntime(),
      log: () => {},
    };
    await using host = await hostDevice.open({}, context, signal);
    expect(await host.identify(signal)).toMatchObject({ model: '' });
    await host.release(signal);
  });

  it('answers for the bytes as they were when they were loaded', async () => {
    await using host = await openHost(new SumRuntime());
    const sample = Uint8Array.of(1, 2, 3);
    await host.load(sample, signal);
    sample.fill(0);
    expect(await host.infer(signal)).toEqual({ output: Float32Array.of(6) });
  });

  it('runs a window of five inferences between two stamps of the run clock', async () => {
    const runtime = new SumRuntime();
    await using host = await openHost(runtime);
    await host.load(Uint8Array.of(1, 1, 1), signal);
    expect(await host.inferWindow(5, signal)).toEqual({
      inferenceCount: 5,
      startedAtNs: 1000,
      endedAtNs: 2000,
    });
    expect(runtime.inferenceCount).toBe(5);
  });

  it.each([
    { config: {}, threadCount: 1 },
    { config: { threadCount: 2 }, threadCount: 2 },
  ])(
    'opens the model once, with $threadCount threads for $config',
    async ({ config, threadCount }) => {
      const runtime = new SumRuntime();
      await using host = await openHost(runtime, config);
      await host.load(Uint8Array.of(1, 1, 1), signal);
      await host.load(Uint8Array.of(2, 2, 2), signal);
      expect(runtime.openedThreadCounts).toEqual([threadCount]);
    },
  );

  it('drops the model at release and can be released and closed again', async () => {
    const runtime = new SumRuntime();
    const host = await openHost(runtime);
    await host.load(Uint8Array.of(1, 1, 1), signal);
    await host.release(signal);
    await host.release(signal);
    await host[Symbol.asyncDispose]();
    expect(runtime.closedCount).toBe(1);
    await expect(async () => host.infer(signal)).rejects.toThrow('loaded before an inference');
  });

  it('ends a hanging inference as dut/timeout', async () => {
    const runtime = new SumRuntime();
    runtime.infer = () => Promise.withResolvers<Float32Array>().promise;
    await using host = await openHost(runtime);
    await host.load(Uint8Array.of(1, 1, 1), signal);
    await expect(host.infer(AbortSignal.timeout(1))).rejects.toMatchObject({ code: 'dut/timeout' });
  });

  it('ends a window with the reason of a person who cancels', async () => {
    const runtime = new SumRuntime();
    const person = new AbortController();
    const sum = runtime.infer;
    runtime.infer = (sample) => {
      if (runtime.inferenceCount === 3) person.abort(new Error('cancelled'));
      return sum(sample);
    };
    await using host = await openHost(runtime);
    await host.load(Uint8Array.of(1, 1, 1), signal);
    await expect(host.inferWindow(10, person.signal)).rejects.toThrow('cancelled');
    expect(runtime.inferenceCount).toBe(3);
  });

  it('has no link to count on, and may be in a lab only once', async () => {
    await using host = await openHost(new SumRuntime());
    expect(Object.values(host.counters()).every((count) => count === 0)).toBe(true);
    expect(hostDevice.resources({})).toEqual(hostDevice.resources({ threadCount: 2 }));
  });

  it.each([{ threadCount: 0 }, { threadCount: 1.5 }, { threads: 1 }])(
    'refuses the configuration %o',
    (config) => {
      expect(() => hostDevice.resources(config)).toThrow('Parse');
    },
  );

  it('needs a model to load a sample', async () => {
    const context = { boardId: 'host', clock: steppingClock(), log: () => {} };
    await using host = await hostDevice.open(
      {},
      { ...context, inference: new SumRuntime() },
      signal,
    );
    await expect(host.load(Uint8Array.of(1), signal)).rejects.toThrow('which has a model');
  });
});
