import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { parsedJson, textOf } from './json-text.ts';
import { unreadable } from './unreadable.ts';

/** Where the answers of the accuracy run lie in a bundle. */
export const accuracyFile = 'raw/accuracy.jsonl';

/** The model's answer to one sample. */
export interface AccuracyEntry {
  readonly sampleIndex: number;
  readonly output: Float32Array;
}

/** JSON has no such numbers; they are written as these texts, so that a broken model leaves evidence. */
const notFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

const AccuracyLineSchema = Type.Object(
  {
    sampleIndex: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
    output: Type.Array(
      Type.Union([
        Type.Number(),
        Type.Literal('NaN'),
        Type.Literal('Infinity'),
        Type.Literal('-Infinity'),
      ]),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);

/** One line of `raw/accuracy.jsonl`, with its line end. Every value reads back as the same number. */
export function encodeAccuracyLine(entry: AccuracyEntry): string {
  const output = Array.from(entry.output, (value) =>
    Number.isFinite(value) ? value : String(value),
  );
  return `${JSON.stringify({ sampleIndex: entry.sampleIndex, output })}\n`;
}

function decodedLine(line: string, lineNumber: number): AccuracyEntry {
  const value = parsedJson(line, accuracyFile, `line ${lineNumber} `);
  if (!Value.Check(AccuracyLineSchema, value))
    throw unreadable(
      accuracyFile,
      `line ${lineNumber} is not {"sampleIndex":<whole number>,"output":[<numbers>]}`,
    );
  const output = Float32Array.from(value.output, (item) =>
    typeof item === 'number' ? item : (notFinite[item] ?? Number.NaN),
  );
  return { sampleIndex: value.sampleIndex, output };
}

/**
 * Reads `raw/accuracy.jsonl`: each sample at most once, all answers of one length.
 *
 * @throws LabError evidence/unreadable naming the line that is wrong; a cut last line is an error too
 */
export function decodeAccuracyLog(bytes: Uint8Array): AccuracyEntry[] {
  const lines = textOf(bytes, accuracyFile).split('\n');
  if (lines.pop() !== '') throw unreadable(accuracyFile, `line ${lines.length + 1} has no end`);
  const seen = new Map<number, number>();
  return lines.map((line, index) => {
    const lineNumber = index + 1;
    const entry = decodedLine(line, lineNumber);
    const earlier = seen.get(entry.sampleIndex);
    if (earlier !== undefined)
      throw unreadable(
        accuracyFile,
        `line ${lineNumber} answers sample ${entry.sampleIndex} again, after line ${earlier}`,
      );
    seen.set(entry.sampleIndex, lineNumber);
    return entry;
  });
}
