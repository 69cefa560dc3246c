import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { parsedJson, textOf } from './json-text.ts';
import { unreadable } from './unreadable.ts';

/** Where the probes of a search for the highest rate are listed. */
export const probesFile = 'raw/probes.json';

/** One probe, as `raw/probes.json` lists it. */
export const ProbeEntrySchema = Type.Object(
  {
    file: Type.String({ minLength: 1, description: 'its query log inside the bundle' }),
    targetQps: Type.Number({ exclusiveMinimum: 0 }),
    endedEarly: Type.Boolean({ description: 'it was decided, or overloaded, before its length' }),
  },
  { additionalProperties: false },
);
export type ProbeEntry = Static<typeof ProbeEntrySchema>;

const ProbesSchema = Type.Array(ProbeEntrySchema);

/** The bytes of `raw/probes.json`. @param probes - in the order in which they were run */
export function encodeProbes(probes: readonly ProbeEntry[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(probes)}\n`);
}

/**
 * Reads `raw/probes.json`.
 *
 * @throws LabError evidence/unreadable naming the probe that is wrong
 */
export function decodeProbes(bytes: Uint8Array): ProbeEntry[] {
  const value = parsedJson(textOf(bytes, probesFile), probesFile);
  if (Value.Check(ProbesSchema, value)) return value;
  const [first] = Value.Errors(ProbesSchema, value);
  throw unreadable(probesFile, `${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`);
}
