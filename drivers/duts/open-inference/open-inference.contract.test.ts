import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe } from 'vitest';

import { describeDutContract } from '../dut-contract.ts';
import { openInference } from './open-inference.ts';
import { keywordContext, keywordSample, openServerDut, ways } from './testing/server-dut.ts';

for (const way of ways) {
  describeDutContract(`an inference server over ${way}`, async () => {
    const opened = await openServerDut(way);
    return {
      dut: opened.dut,
      sample: keywordSample,
      outputLength: 12,
      identity: {
        vendor: 'assay-inference-server',
        firmware: '1.0.0',
        firmwareMode: 'none',
        model: 'kws01',
      },
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  });
}

const HardwareSchema = Type.Object({
  /** Of the driver. */
  config: Type.Record(Type.String(), Type.Unknown()),
  boardModel: Type.String(),
  inputElement: Type.Union([Type.Literal('int8'), Type.Literal('uint8')]),
  inputShape: Type.Array(Type.Integer({ minimum: 1 })),
  outputLength: Type.Integer({ minimum: 1 }),
});

/** The same contract against a real server, described in JSON. */
function describeHardware(json: string): void {
  const { config, ...model } = Value.Parse(HardwareSchema, JSON.parse(json));
  describe('on hardware', { tags: ['hil'] }, () => {
    describeDutContract('a real inference server', async () => {
      const deployment = { modelPath: '/none', modelSha256: '0'.repeat(64), ...model };
      const context = { ...keywordContext, deployment };
      const dut = await openInference.open(config, context, AbortSignal.timeout(20_000));
      const sampleBytes = model.inputShape.reduce((product, size) => product * size, 1);
      return {
        dut,
        sample: Uint8Array.from({ length: sampleBytes }, (_, index) => index * 7),
        outputLength: model.outputLength,
        identity: { model: model.boardModel },
        [Symbol.asyncDispose]: () => dut[Symbol.asyncDispose](),
      };
    });
  });
}

const hardware = process.env['ASSAY_HIL_OPEN_INFERENCE'];
if (hardware !== undefined) describeHardware(hardware);
