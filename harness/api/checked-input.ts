import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

const sentenceCountMax = 5;

/**
 * What a client sent, checked as it is: nothing is coerced, filled in or dropped.
 *
 * @param where - `body`, `query` or `address`, for the message
 * @throws LabError api/invalid-request, naming each field that is wrong (five at most)
 */
export function checkedInput<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  where: string,
): Static<Schema> {
  if (Value.Check(schema, value)) return value;
  const fields = Value.Errors(schema, value)
    .filter(({ keyword }) => keyword !== 'boolean')
    .map(({ instancePath, message, params }) => {
      const extra =
        'additionalProperties' in params ? ` (${params.additionalProperties.join(', ')})` : '';
      return `${where}${instancePath}: ${message}${extra}`;
    });
  const sentences = [...new Set(fields)].slice(0, sentenceCountMax);
  throw labError('api/invalid-request', sentences.join('; '), { details: { fields: sentences } });
}

/**
 * A query string, whose values are all text: numbers are read from it, then it is checked.
 *
 * @throws LabError api/invalid-request
 */
export function checkedQuery<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
): Static<Schema> {
  return checkedInput(schema, Value.Convert(schema, value), 'query');
}
