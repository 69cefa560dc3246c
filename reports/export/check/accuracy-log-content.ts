import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** One object of an accuracy log. */
const AnswerSchema = Type.Object({
  seq_id: Type.Integer({ minimum: 0 }),
  qsl_idx: Type.Integer({ minimum: 0 }),
  data: Type.String({ pattern: '^(?:[0-9A-F]{2})*$' }),
});

interface LineProblem {
  readonly line: number;
  readonly message: string;
}

function answerProblem(text: string, seen: Set<number>): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'The line is no JSON object.';
  }
  if (!Value.Check(AnswerSchema, value))
    return 'The line is not seq_id, qsl_idx and data in upper-case hex.';
  if (seen.has(value.seq_id)) return `The sequence id ${value.seq_id} is there twice.`;
  seen.add(value.seq_id);
  return undefined;
}

/** Reads a whole accuracy log: an array, one object a line. @returns how many, or the first line that is wrong */
export function accuracyLogProblem(text: string): {
  readonly count: number;
  readonly problem?: LineProblem;
} {
  const lines = text.trimEnd().split('\n');
  const seen = new Set<number>();
  if (lines[0]?.trim() !== '[' || lines.at(-1)?.trim() !== ']')
    return { count: 0, problem: { line: 1, message: 'It is no array with one object a line.' } };
  const body = lines.slice(1, -1);
  for (const [place, line] of body.entries()) {
    const isLast = place === body.length - 1;
    const hasComma = line.trimEnd().endsWith(',');
    const object = line.trimEnd().replace(/,$/, '');
    const message = isLast === hasComma ? 'The commas are wrong.' : answerProblem(object, seen);
    if (message !== undefined) return { count: seen.size, problem: { line: place + 2, message } };
  }
  return { count: seen.size };
}
