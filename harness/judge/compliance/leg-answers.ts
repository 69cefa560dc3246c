import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { parsedJson, textOf } from '../raw/json-text.ts';
import { unreadable } from '../raw/unreadable.ts';

/** An answer of a model with values. */
export interface ValueAnswer {
  readonly sampleIndex: number;
  readonly output: Float32Array;
}

/** An answer of a model with tokens, and what was reported of it while it came. */
export interface TokenAnswer {
  readonly sampleIndex: number;
  readonly tokenIds: readonly number[];
  /** The first token as it was reported when it came, before the others; absent when none was. */
  readonly firstTokenId?: number;
  /** How many tokens were reported with the completion; absent when none were. */
  readonly tokenCount?: number;
}

/** One kept answer of a leg; the same sample may come again. */
export type LegAnswer = ValueAnswer | TokenAnswer;

const sampleIndex = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });
const tokenId = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });

const ValueLineSchema = Type.Object(
  {
    sampleIndex,
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

const TokenLineSchema = Type.Object(
  {
    sampleIndex,
    tokenIds: Type.Array(tokenId),
    firstTokenId: Type.Optional(tokenId),
    tokenCount: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

/** Whether an answer is one of tokens. */
export function isTokenAnswer(answer: LegAnswer): answer is TokenAnswer {
  return 'tokenIds' in answer;
}

/** One line of `raw/legs/NN-answers.jsonl`, with its line end. Every value reads back as the same number. */
export function encodeLegAnswer(answer: LegAnswer): string {
  if (isTokenAnswer(answer)) return `${JSON.stringify(answer)}\n`;
  const output = Array.from(answer.output, (value) =>
    Number.isFinite(value) ? value : String(value),
  );
  return `${JSON.stringify({ sampleIndex: answer.sampleIndex, output })}\n`;
}

function decodedLine(line: string, lineNumber: number, file: string): LegAnswer {
  const value = parsedJson(line, file, `line ${lineNumber} `);
  if (Value.Check(TokenLineSchema, value)) return value;
  if (!Value.Check(ValueLineSchema, value))
    throw unreadable(
      file,
      `line ${lineNumber} is neither {"sampleIndex","output"} nor {"sampleIndex","tokenIds","firstTokenId"?,"tokenCount"?}`,
    );
  // The texts for what JSON has no number for are those that Number understands.
  return { sampleIndex: value.sampleIndex, output: Float32Array.from(value.output, Number) };
}

/**
 * Reads the kept answers of one leg, in the order in which they came.
 *
 * @param file - path inside the bundle, for the message
 * @throws LabError evidence/unreadable naming the line that is wrong; a cut last line is an error too
 */
export function decodeLegAnswers(bytes: Uint8Array, file: string): LegAnswer[] {
  const lines = textOf(bytes, file).split('\n');
  if (lines.pop() !== '') throw unreadable(file, `line ${lines.length + 1} has no end`);
  return lines.map((line, index) => decodedLine(line, index + 1, file));
}
