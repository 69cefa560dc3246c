import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import {
  decodeFlag,
  decodeInferReply,
  decodeModelMetadata,
  decodeServerMetadata,
  encodeInferRequest,
  encodeModelReference,
} from './grpc-messages.ts';
import { replyOutputs } from './infer-reply.ts';
import type { InferencePlan } from './inference-plan.ts';

const plan: InferencePlan = {
  modelName: 'pair',
  inputName: 'in',
  inputDatatype: 'INT8',
  inputElement: 'int8',
  inputShape: [2],
  batch: 'variable',
  outputName: 'out',
  outputDatatype: 'FP32',
  outputShape: [-1, 3],
  outputLength: 3,
};

/** Bytes typed from the field table of the sheet: `0a` is field 1 of wire type 2, and so on. */
const bytes = (...parts: readonly string[]): Uint8Array => Buffer.from(parts.join(''), 'hex');
const hex = (words: string): string => Buffer.from(words).toString('hex');
const name = (field: string, words: string): string =>
  `${field}${words.length.toString(16).padStart(2, '0')}${hex(words)}`;

test('the name of a model, with a version and without', () => {
  expect(encodeModelReference({ name: 'pair', version: '' })).toEqual(
    new Uint8Array(bytes(name('0a', 'pair'))),
  );
  expect(encodeModelReference({ name: 'pair', version: '2' })).toEqual(
    new Uint8Array(bytes(name('0a', 'pair'), name('12', '2'))),
  );
});

test('an inference: name, version, input, output and the raw tensor', () => {
  const request = encodeInferRequest(plan, { name: 'pair', version: '2' }, [
    Uint8Array.of(0xff, 0x7f),
  ]);
  const input = [name('0a', 'in'), name('12', 'INT8'), '1a020102'].join('');
  expect(Buffer.from(request).toString('hex')).toBe(
    [
      name('0a', 'pair'),
      name('12', '2'),
      `2a${(input.length / 2).toString(16).padStart(2, '0')}${input}`,
      `3205${name('0a', 'out')}`,
      '3a02ff7f',
    ].join(''),
  );
});

test('live and ready are the bool of field 1; an empty message is no', () => {
  expect(decodeFlag(bytes('0801'))).toBe(true);
  expect(decodeFlag(bytes('0800'))).toBe(false);
  expect(decodeFlag(bytes())).toBe(false);
});

test('metadata of server and model, shapes packed or not, −1 in ten bytes', () => {
  expect(
    decodeServerMetadata(bytes(name('0a', 'triton'), name('12', '2.5'), name('1a', 'x'))),
  ).toEqual({ name: 'triton', version: '2.5', extensions: ['x'] });
  const minusOne = 'ffffffffffffffffff01';
  const packed = `${name('0a', 'in')}${name('12', 'INT8')}1a0b${minusOne}02`;
  const single = `${name('0a', 'out')}${name('12', 'FP32')}18${minusOne}1803`;
  const length = (words: string): string => (words.length / 2).toString(16).padStart(2, '0');
  const message = bytes(
    name('0a', 'pair'),
    name('12', '1'),
    name('1a', 'onnx'),
    `22${length(packed)}${packed}`,
    `2a${length(single)}${single}`,
  );
  expect(decodeModelMetadata(message)).toEqual({
    name: 'pair',
    platform: 'onnx',
    inputs: [{ name: 'in', datatype: 'INT8', shape: [-1, 2] }],
    outputs: [{ name: 'out', datatype: 'FP32', shape: [-1, 3] }],
  });
});

const outputHead = `${name('0a', 'out')}${name('12', 'FP32')}1a020103`;
/** struct.pack('<fff', 0.25, -1.5, 3) */
const floats = '0000803e0000c0bf00004040';

function answer(output: string, ...rest: readonly string[]): Uint8Array {
  const length = (output.length / 2).toString(16).padStart(2, '0');
  return bytes(name('0a', 'pair'), `2a${length}${output}`, ...rest);
}

test('an answer with raw outputs, and one with contents, are the same numbers', () => {
  const expected = [Float32Array.of(0.25, -1.5, 3)];
  const raw = decodeInferReply(answer(outputHead, `320c${floats}`));
  expect(replyOutputs(plan, raw, 1)).toEqual(expected);
  const contents = decodeInferReply(answer(`${outputHead}2a0e320c${floats}`));
  expect(replyOutputs(plan, contents, 1)).toEqual(expected);
  const single = '350000803e350000c0bf3500004040';
  expect(replyOutputs(plan, decodeInferReply(answer(`${outputHead}2a0f${single}`)), 1)).toEqual(
    expected,
  );
});

test('contents of whole numbers: negative int32 and int64, large uint64', () => {
  const whole = (contents: string): readonly number[] => {
    const { outputs } = decodeInferReply(answer(`${outputHead}2a${contents}`));
    const content = outputs[0]?.content;
    return content?.kind === 'values' ? Array.from(content.values) : [];
  };
  expect(whole('0d120bfdffffffffffffffff017f')).toEqual([-3, 127]);
  expect(whole('0d1a0bfdffffffffffffffff017f')).toEqual([-3, 127]);
  expect(whole('0c2a0affffffffffffffffff01')).toEqual([2 ** 64]);
  expect(whole('040a020100')).toEqual([1, 0]);
  expect(whole('0a3a08000000000000f8bf')).toEqual([-1.5]);
});

test('the server’s own time, as each kind of parameter', () => {
  const key = name('0a', 'inference_duration_ns');
  const withValue = (value: string): number | undefined => {
    const entry = `${key}12${(value.length / 2).toString(16).padStart(2, '0')}${value}`;
    const length = (entry.length / 2).toString(16).padStart(2, '0');
    return decodeInferReply(bytes(name('0a', 'pair'), `22${length}${entry}`)).deviceDurationNs;
  };
  expect(withValue('10dc0b')).toBe(1500);
  expect(withValue('28dc0b')).toBe(1500);
  expect(withValue(name('1a', '1500'))).toBe(1500);
  expect(withValue('210000000000709740')).toBe(1500);
  expect(withValue('0801')).toBe(1);
  expect(withValue('')).toBeUndefined();
});

/** Whether a reading came out, or an error of ours: nothing else may. */
function readsOrRefuses(read: () => unknown): boolean {
  try {
    return read() !== undefined;
  } catch (error) {
    return hasCode(error, 'network/malformed-answer', 'network/wrong-shape', 'network/not-finite');
  }
}

const valid = answer(outputHead, `320c${floats}`);

test('10000 messages of any bytes and damaged ones: a reading or an error of ours', () => {
  const damaged = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 })
    .map((changes) => {
      const message = Uint8Array.from(valid);
      for (const [at, byte] of changes) message[at] = byte;
      return message;
    });
  const cut = fc.nat(valid.length).map((length) => valid.subarray(0, length));
  const decoders = [
    decodeFlag,
    decodeServerMetadata,
    decodeModelMetadata,
    (given: Uint8Array) => replyOutputs(plan, decodeInferReply(given), 1),
  ];
  const message = fc.oneof(fc.uint8Array({ maxLength: 120 }), damaged, cut);
  const holds = fc.property(message, (given) =>
    decoders.every((decode) => readsOrRefuses(() => decode(given))),
  );
  const { failed, numRuns, counterexample } = fc.check(holds, { numRuns: 10_000, seed: 4 });
  expect({ failed, numRuns, counterexample }).toEqual({
    failed: false,
    numRuns: 10_000,
    counterexample: null,
  });
});
