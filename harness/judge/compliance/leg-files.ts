import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { parsedJson, textOf } from '../raw/json-text.ts';
import type { QueryLog } from '../raw/query-blocks.ts';
import { unreadable } from '../raw/unreadable.ts';
import { decodeLegAnswers, type LegAnswer } from './leg-answers.ts';

/** Where the list of an audit's legs lies in a bundle. */
export const legListFile = 'raw/legs.json';

const LegListSchema = Type.Array(
  Type.Object(
    {
      role: Type.Union([Type.Literal('base'), Type.Literal('audit')]),
      file: Type.String({ pattern: '^raw/legs/[0-9]{2,3}-(base|audit)\\.bin$' }),
      answersFile: Type.Optional(Type.String({ pattern: '^raw/legs/[0-9]{2,3}-answers\\.jsonl$' })),
    },
    { additionalProperties: false },
  ),
);

/** One line of `raw/legs.json`. */
export type LegEntry = Static<typeof LegListSchema>[number];

/** A leg of an audit as it was measured. */
export interface AuditLegEvidence {
  readonly role: LegEntry['role'];
  /** Its query log inside the bundle. */
  readonly file: string;
  readonly log: QueryLog;
  /** Absent when no answers were kept. */
  readonly answers?: readonly LegAnswer[];
}

const pad = (legNumber: number): string => String(legNumber).padStart(2, '0');

/** Where the query log of leg `legNumber` lies, counted from 1 in the order they run. */
export function legLogFile(legNumber: number, role: LegEntry['role']): string {
  return `raw/legs/${pad(legNumber)}-${role}.bin`;
}

/** Where the kept answers of a leg lie. */
export function legAnswersFile(legNumber: number): string {
  return `raw/legs/${pad(legNumber)}-answers.jsonl`;
}

/** The text of `raw/legs.json`: the legs that ran to their end, in the order they ran. */
export function encodeLegList(legs: readonly LegEntry[]): string {
  return `${JSON.stringify(legs)}\n`;
}

/** How the files of a bundle are read. */
export interface LegReading {
  /** The bytes of a file by its path inside the bundle; undefined when it was not produced. */
  readonly contentOf: (path: string) => Uint8Array | undefined;
  /** A query log by its path, of any size; undefined when it was not produced. */
  readonly logOf: (path: string) => QueryLog | undefined;
}

/** What a file gives that the list names. */
function present<Read>(read: (path: string) => Read | undefined, file: string): Read {
  const found = read(file);
  if (found === undefined) throw unreadable(legListFile, `names ${file}, which is not there`);
  return found;
}

/**
 * Reads the legs of an audit.
 *
 * @returns undefined when the run has no `raw/legs.json`
 * @throws LabError evidence/unreadable
 */
export function decodeAuditLegs(reading: LegReading): AuditLegEvidence[] | undefined {
  const bytes = reading.contentOf(legListFile);
  if (bytes === undefined) return undefined;
  const list = parsedJson(textOf(bytes, legListFile), legListFile);
  if (!Value.Check(LegListSchema, list))
    throw unreadable(legListFile, 'is not a list of {"role","file","answersFile"?}');
  const files = list.flatMap(({ file, answersFile }) => [file, answersFile ?? []].flat());
  if (new Set(files).size < files.length) throw unreadable(legListFile, 'names a file twice');
  return list.map(({ role, file, answersFile }) => ({
    role,
    file,
    log: present(reading.logOf, file),
    ...(answersFile === undefined
      ? {}
      : { answers: decodeLegAnswers(present(reading.contentOf, answersFile), answersFile) }),
  }));
}
