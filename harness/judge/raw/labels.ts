import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { parsedJson, textOf } from './json-text.ts';
import { unreadable } from './unreadable.ts';

/** Where the right classes lie in a bundle. */
export const labelsFile = 'raw/labels.json';

const LabelsSchema = Type.Array(Type.Integer({ minimum: 0, maximum: 4_294_967_295 }));

/** The bytes of `raw/labels.json`. @param labels - the class of each sample, by sample index */
export function encodeLabels(labels: Iterable<number>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify([...labels])}\n`);
}

/**
 * Reads `raw/labels.json`.
 *
 * @returns the right class of each sample, by sample index
 * @throws LabError evidence/unreadable
 */
export function decodeLabels(bytes: Uint8Array): number[] {
  const value = parsedJson(textOf(bytes, labelsFile), labelsFile);
  if (!Value.Check(LabelsSchema, value))
    throw unreadable(labelsFile, 'is no list of class numbers');
  return value;
}
