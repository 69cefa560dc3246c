import { readFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import type { RunRecord } from '#harness/contracts/records/run-record.ts';

const PackageSchema = Type.Object({ version: Type.String() });

/** The version in package.json. */
export function assayVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return Value.Parse(PackageSchema, parsed).version;
}

/** What the host runs, for the record. */
export function softwareVersions(inference: string): RunRecord['software'] {
  return {
    assay: assayVersion(),
    node: process.version,
    inference,
    operatingSystem: `${type()} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}
