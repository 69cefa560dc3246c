import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { startServer } from '#fixtures/boards/inference-server/testing/server-child.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import { openInference } from './open-inference.ts';
import {
  configOf,
  keywordContext,
  keywordSample,
  openServerDut,
  ways,
  type Way,
} from './testing/server-dut.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(20_000);
const deployment = assertDefined(keywordContext.deployment, 'tests have a model');
const modelPath = join(
  import.meta.dirname,
  '../../../fixtures/models/keyword-spotting/ds-cnn.onnx',
);

let reference: (sample: Uint8Array) => Promise<Float32Array>;

beforeAll(async () => {
  const modelSha256 = createHash('sha256')
    .update(await readFile(modelPath))
    .digest('hex');
  const full = { ...deployment, modelPath, modelSha256 };
  const session = await onnxInferenceRuntime().open(full, { threadCount: 1 });
  reference = (sample) => session.infer(sample);
  return () => session[Symbol.asyncDispose]();
});

/** The largest distance of two outputs of one length; NaN when the lengths differ. */
function distance(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.NaN;
  return Math.max(...expected.map((value, at) => Math.abs((actual[at] ?? Number.NaN) - value)));
}

describe.each(ways)('over %s', (way) => {
  it('gives what the host’s own run of the model gives, bit by bit', async () => {
    await using opened = await openServerDut(way);
    await opened.dut.identify(inTime());
    for (let shift = 0; shift < 3; shift += 1) {
      const sample = keywordSample.map((byte) => byte + shift);
      await opened.dut.load(sample, inTime());
      expect((await opened.dut.infer(inTime())).output).toEqual(await reference(sample));
    }
  });

  it.each([
    ['FP64', 'FP64', 0],
    ['FP16', 'FP16', 0.05],
    ['BF16', 'BF16', 0.3],
    ['INT8', 'FP32', 0],
    ['INT16', 'FP32', 0],
    ['INT32', 'FP32', 0],
    ['INT64', 'FP32', 0],
    ['BYTES', 'FP32', 0],
  ])(
    'an input in %s and an output in %s are cast and no more',
    async (input, output, tolerance) => {
      const server = ['--datatype', input, '--output-datatype', output];
      // What has no form in JSON travels raw; the server may answer either way.
      const isRawOnly = ['FP16', 'BF16', 'BYTES'].includes(input);
      const config = way === 'http-json' && isRawOnly ? { encoding: 'auto' } : {};
      await using opened = await openServerDut(way, { server, config });
      await opened.dut.identify(inTime());
      await opened.dut.load(keywordSample, inTime());
      const answer = await opened.dut.infer(inTime());
      expect(distance(answer.output, await reference(keywordSample))).toBeLessThanOrEqual(
        tolerance,
      );
    },
  );

  it.each(['none', 'one', 'variable'])(
    'takes a model whose batch dimension is: %s',
    async (batch) => {
      await using opened = await openServerDut(way, { server: ['--batch', batch] });
      await opened.dut.identify(inTime());
      await opened.dut.load(keywordSample, inTime());
      expect((await opened.dut.infer(inTime())).output).toEqual(await reference(keywordSample));
    },
  );

  it('many calls of many samples at once: every answer belongs to its sample', async () => {
    const config = { connectionCount: 8, batchSizeMax: 4 };
    await using opened = await openServerDut(way, { config });
    const { dut } = opened;
    await dut.identify(inTime());
    const concurrent = assertDefined(dut.concurrent, 'a server is concurrent');
    expect(concurrent).toMatchObject({ inFlightCountMax: 8, batchSizeMax: 4 });
    const samples = Array.from({ length: 32 }, (_, at) => keywordSample.map((byte) => byte + at));
    const batches = Array.from({ length: 8 }, (_, at) => samples.slice(at * 4, at * 4 + 4));
    const answers = await Promise.all(batches.map((batch) => concurrent.infer(batch, inTime())));
    for (const [at, answer] of answers.flat().entries()) {
      const sample = assertDefined(samples[at], 'as many answers as samples');
      expect(answer.output).toEqual(await reference(sample));
    }
    expect(dut.counters()).toMatchObject({ retryCount: 0, garbledReplyCount: 0 });
  });

  it('a batch of a model without a variable dimension is refused before the run', async () => {
    const options = { server: ['--batch', 'one'], config: { batchSizeMax: 2 } };
    await using opened = await openServerDut(way, options);
    await expect(opened.dut.identify(inTime())).rejects.toMatchObject({
      code: 'network/wrong-shape',
    });
  });

  it.each(['parameter', 'header'])('takes the server’s own time from a %s', async (report) => {
    const server = ['--report', report, '--inference-us', '3000'];
    await using opened = await openServerDut(way, { server });
    const { dut } = opened;
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    const issuedAtNs = keywordContext.clock.nowNs();
    const { deviceDurationNs, completedAtNs = 0 } = await dut.infer(inTime());
    expect(completedAtNs).toBeLessThan(keywordContext.clock.nowNs());
    expect(deviceDurationNs).toBeGreaterThanOrEqual(3e6);
    expect(deviceDurationNs).toBeLessThan(completedAtNs - issuedAtNs);
    const window = await dut.inferWindow(4, inTime());
    expect(window.deviceDurationNs).toBeGreaterThanOrEqual(4 * 3e6);
  });

  it('gives no device duration where the server states none', async () => {
    await using opened = await openServerDut(way, { server: ['--report', 'none'] });
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample, inTime());
    expect(await opened.dut.infer(inTime())).not.toHaveProperty('deviceDurationNs');
    expect(await opened.dut.inferWindow(2, inTime())).not.toHaveProperty('deviceDurationNs');
  });
});

describe('what a lab may say', () => {
  it('maps the model’s name and version by the suite’s', async () => {
    await using server = await startServer([]);
    const context = { ...keywordContext, deployment: { ...deployment, boardModel: 'spoken' } };
    for (const way of ways) {
      const identify = async (version: string): Promise<string> => {
        const models = { spoken: { name: 'kws01', version } };
        const config = { ...configOf(way, server), models };
        await using dut = await openInference.open(config, context, inTime());
        return (await dut.identify(inTime())).model;
      };
      expect(await identify('1')).toBe('spoken');
      expect(await identify('7')).toBe('');
    }
  });

  it('encoding auto takes JSON where the server lists no raw tensors, binary is refused there', async () => {
    const server = ['--fault', 'no-binary'];
    await using auto = await openServerDut('http-binary', { server, config: { encoding: 'auto' } });
    await auto.dut.identify(inTime());
    await auto.dut.load(keywordSample, inTime());
    expect((await auto.dut.infer(inTime())).output).toEqual(await reference(keywordSample));
    await using binary = await openServerDut('http-binary', { server });
    await expect(binary.dut.identify(inTime())).rejects.toMatchObject({ code: 'dut/unsupported' });
  });

  it('identifies without a model, for recovery and doctor', async () => {
    await using server = await startServer([]);
    const { deployment: _, ...context } = keywordContext;
    for (const way of ways) {
      const config = { ...configOf(way, server), modelName: 'kws01' };
      await using dut = await openInference.open(config, context, inTime());
      expect(await dut.identify(inTime())).toMatchObject({
        vendor: 'assay-inference-server',
        model: 'kws01',
        network: { server: 'assay-inference-server 1.0.0' },
      });
    }
  });

  it('a wrong configuration never reaches a server', () => {
    const wrong: readonly Record<string, unknown>[] = [
      { protocol: 'http', url: 'localhost:8000' },
      { protocol: 'http', url: 'http://user:secret@localhost:8000' },
      { protocol: 'ftp', url: 'http://localhost:8000' },
      { protocol: 'http', url: 'http://localhost:8000', inputDatatype: 'FP8' },
    ];
    for (const config of wrong) expect(() => openInference.resources(config)).toThrow(Error);
    const way: Way = 'grpc';
    expect(openInference.resources(configOf(way, { httpPort: 1, grpcPort: 8001 }))).toEqual([
      '127.0.0.1:8001',
    ]);
  });
});
