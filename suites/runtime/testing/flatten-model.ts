/** A tensor of the tiny model: a text is a symbolic dimension. */
interface TensorFacts {
  readonly name: string;
  /** 1 float32, 6 int32 (TensorProto.DataType). */
  readonly elementType: number;
  readonly shape: readonly (number | string)[];
}

/**
 * The smallest useful ONNX file, for tests: one `Flatten`, so that it answers its input as a row.
 *
 * @see onnx.proto (ONNX, IR version 8, operator set 13) for the field numbers
 */
export function flattenModel(input: TensorFacts, output: TensorFacts): Uint8Array {
  const node = [
    ...text(1, input.name),
    ...text(2, output.name),
    ...text(3, 'flatten'),
    ...text(4, 'Flatten'),
  ];
  const graph = [
    ...message(1, node),
    ...text(2, 'graph'),
    ...message(11, valueInfo(input)),
    ...message(12, valueInfo(output)),
  ];
  return Uint8Array.from([
    ...number(1, 8),
    ...message(7, graph),
    ...message(8, [...text(1, ''), ...number(2, 13)]),
  ]);
}

function valueInfo(tensor: TensorFacts): readonly number[] {
  const dimensions = tensor.shape.flatMap((size) =>
    message(1, typeof size === 'number' ? number(1, size) : text(2, size)),
  );
  const tensorType = [...number(1, tensor.elementType), ...message(2, dimensions)];
  return [...text(1, tensor.name), ...message(2, message(1, tensorType))];
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function number(field: number, value: number): readonly number[] {
  return [...varint(field * 8), ...varint(value)];
}

function message(field: number, bytes: readonly number[]): readonly number[] {
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function text(field: number, value: string): readonly number[] {
  return message(field, [...Buffer.from(value)]);
}
