import type { TSchema } from 'typebox';

import { ProblemSchema } from '#harness/contracts/records/http-answer.ts';

const problem = {
  description: 'a problem with its code and remedy',
  content: { 'application/problem+json': { schema: ProblemSchema } },
};

/** What a route sends, for the published description: its answer, or a problem. */
export function answers(status: number, schema: TSchema): Readonly<Record<string, unknown>> {
  return { [status]: schema, '4xx': problem, '5xx': problem };
}

/** The same for a route that sends a file. */
export function fileAnswers(contentType: string): Readonly<Record<string, unknown>> {
  const schema = { type: 'string', format: 'binary' };
  const file = { description: 'the file', content: { [contentType]: { schema } } };
  return { 200: file, '4xx': problem, '5xx': problem };
}
