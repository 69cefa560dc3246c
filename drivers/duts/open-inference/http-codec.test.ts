import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { parameterDurationNs, serverTimingNs } from './device-duration.ts';
import { decodeBinaryReply, encodeBinaryRequest } from './http-binary.ts';
import { decodeJsonReply, encodeJsonRequest } from './http-json.ts';
import { replyOutputs } from './infer-reply.ts';
import type { InferencePlan } from './inference-plan.ts';

const plan: InferencePlan = {
  modelName: 'pair',
  inputName: 'in',
  inputDatatype: 'FP32',
  inputElement: 'int8',
  inputShape: [2],
  batch: 'variable',
  outputName: 'out',
  outputDatatype: 'FP32',
  outputShape: [-1, 3],
  outputLength: 3,
};

const sample = Uint8Array.of(0xff, 0x7f);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

test('a JSON request is that of the sheet', () => {
  expect(text(encodeJsonRequest(plan, [sample]))).toBe(
    '{"inputs":[{"name":"in","shape":[1,2],"datatype":"FP32","data":[-1,127]}],"outputs":[{"name":"out"}]}',
  );
  const twice = text(encodeJsonRequest({ ...plan, inputDatatype: 'BOOL' }, [sample, sample]));
  expect(twice).toContain('"shape":[2,2],"datatype":"BOOL","data":[true,true,true,true]');
});

test('a binary request is its JSON and the raw tensor, and the header counts the JSON', () => {
  const json =
    '{"inputs":[{"name":"in","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],' +
    '"outputs":[{"name":"out","parameters":{"binary_data":true}}]}';
  const { body, jsonBytes } = encodeBinaryRequest(plan, [sample]);
  expect(jsonBytes).toBe(json.length);
  expect(text(body.subarray(0, jsonBytes))).toBe(json);
  // struct.pack('<ff', -1, 127)
  expect(Buffer.from(body.subarray(jsonBytes)).toString('hex')).toBe('000080bf0000fe42');
});

test('flat and nested JSON data give the same outputs, of one sample and of two', () => {
  const flat =
    '{"model_name":"pair","outputs":[{"name":"out","shape":[2,3],"datatype":"FP32","data":';
  for (const data of ['[1,2,3,4,5,6]', '[[1,2,3],[4,5,6]]']) {
    const outputs = replyOutputs(plan, decodeJsonReply(bytes(`${flat}${data}}]}`)), 2);
    expect(outputs).toEqual([Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]);
  }
});

test('a binary answer is read after its JSON; an output in JSON may stand beside it', () => {
  const json =
    '{"model_name":"pair","parameters":{"inference_duration_ns":"1500"},"outputs":[' +
    '{"name":"more","shape":[1],"datatype":"FP32","data":[9]},' +
    '{"name":"out","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]}';
  // struct.pack('<fff', 0.25, -1.5, 3)
  const raw = Buffer.from('0000803e0000c0bf00004040', 'hex');
  const body = Buffer.concat([Buffer.from(json), raw]);
  const reply = decodeBinaryReply(body, String(json.length));
  expect(reply.deviceDurationNs).toBe(1500);
  expect(replyOutputs(plan, reply, 1)).toEqual([Float32Array.of(0.25, -1.5, 3)]);
  expect(() => decodeBinaryReply(body.subarray(0, -1), String(json.length))).toThrow(/11 came/);
  expect(() => decodeBinaryReply(Buffer.concat([body, raw]), String(json.length))).toThrow(
    /12 bytes are left over/,
  );
});

test('NaN and Infinity as bare words, null and too large numbers are not finite', () => {
  for (const word of ['NaN', 'Infinity', '-Infinity', 'null', '1e400', '1e39']) {
    const json = `{"model_name":"pair","outputs":[{"name":"out","shape":[1,3],"datatype":"FP32","data":[0,${word},1]}]}`;
    expect(() => replyOutputs(plan, decodeJsonReply(bytes(json)), 1)).toThrow(
      expect.objectContaining({ code: 'network/not-finite' }),
    );
  }
  const named = '{"model_name":"NaN \\" Infinity","outputs":[]}';
  expect(decodeJsonReply(bytes(named)).modelName).toBe('NaN " Infinity');
});

test('the server’s own time is read from a parameter or from Server-Timing', () => {
  expect(parameterDurationNs(1_250_000)).toBe(1_250_000);
  for (const none of [0, -1, Number.NaN, '', 'x', null, undefined, {}]) {
    expect(parameterDurationNs(none)).toBeUndefined();
  }
  expect(serverTimingNs('queue;dur=0.2, infer;desc="model";dur=3.25')).toBe(3_250_000);
  expect(serverTimingNs('INFER; dur="1.5"')).toBe(1_500_000);
  for (const none of [undefined, '', 'infer', 'infer;dur=', 'inference;dur=3', 'infer;dur=-1']) {
    expect(serverTimingNs(none)).toBeUndefined();
  }
});

/** Whether outputs of the right length came out, or an error of ours: nothing else may. */
function readsOrRefuses(read: () => readonly Float32Array[]): boolean {
  try {
    return read().every((output) => output.length === 3 && output.every(Number.isFinite));
  } catch (error) {
    return hasCode(error, 'network/malformed-answer', 'network/wrong-shape', 'network/not-finite');
  }
}

const valid = Buffer.concat([
  Buffer.from(
    '{"model_name":"pair","outputs":[{"name":"out","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]}',
  ),
  Buffer.alloc(12, 0x3f),
]);

test('10000 bodies of any bytes, any JSON, and damaged ones: an answer or an error of ours', () => {
  const damaged = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 })
    .map((changes) => {
      const body = Buffer.from(valid);
      for (const [at, byte] of changes) body[at] = byte;
      return body;
    });
  const anyJson = fc.jsonValue({ maxDepth: 6 }).map((value) => Buffer.from(JSON.stringify(value)));
  const headed = fc
    .record({
      model_name: fc.constantFrom('pair', 'other'),
      outputs: fc.array(
        fc.record({
          name: fc.constantFrom('out', 'more'),
          datatype: fc.constantFrom('FP32', 'INT8', 'BYTES'),
          shape: fc.array(fc.integer({ min: -3, max: 4 }), { maxLength: 4 }),
          data: fc.jsonValue({ maxDepth: 3 }),
        }),
        { maxLength: 3 },
      ),
    })
    .map((value) => Buffer.from(JSON.stringify(value)));
  const body = fc.oneof(fc.uint8Array({ maxLength: 200 }), anyJson, headed, damaged);
  const header = fc.oneof(
    fc.constant(undefined),
    fc.constant(String(valid.length - 12)),
    fc.nat(300).map(String),
    fc.string({ maxLength: 8 }),
  );
  const holds = fc.property(body, header, (given, length) =>
    readsOrRefuses(() => replyOutputs(plan, decodeBinaryReply(given, length), 1)),
  );
  const { failed, numRuns, counterexample } = fc.check(holds, { numRuns: 10_000, seed: 4 });
  expect({ failed, numRuns, counterexample }).toEqual({
    failed: false,
    numRuns: 10_000,
    counterexample: null,
  });
});
