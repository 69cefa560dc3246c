import { labError } from '#harness/contracts/error-catalogue.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { noticeField, notRecorded, notResultNotice } from './notice.ts';
import { emptySystemFields, filledSystemFields } from './system-fields.ts';

/** A system description as JSON. */
export type SystemDescription = Readonly<Record<string, string | number | boolean>>;

/** Who exports what under which name. */
export interface SystemNames {
  readonly submitter: string;
  readonly system: string;
}

/** What the record knows. One run drives one board from one host. */
function recordedFields(record: RunRecord, names: SystemNames): SystemDescription {
  const { board, software, suite } = record;
  const { identity } = board;
  const firmware = identity === null ? '' : `${identity.vendor} ${identity.firmware}; `;
  return {
    division: 'open',
    submitter: names.submitter,
    system_name: names.system,
    number_of_nodes: 1,
    accelerators_per_node: 1,
    accelerator_model_name: `${board.name} (${board.maker})`,
    host_processor_model_name: software.processor,
    operating_system: software.operatingSystem,
    framework: `${firmware}host: ${software.inference}`,
    other_software_stack: `Assay ${software.assay}, Node.js ${software.node}`,
    sw_notes: `model ${suite.modelArchitecture}, SHA-256 ${suite.modelSha256}`,
    hw_notes: `board ${board.id}, driver ${board.driver}`,
  };
}

/** What is no plain field of a description; undefined when the value is a whole description. */
function descriptionProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'is no JSON object';
  const bad = Object.entries(value).find(
    ([, field]) => !['string', 'number', 'boolean'].includes(typeof field),
  );
  return bad === undefined ? undefined : `holds neither text nor a number in "${bad[0]}"`;
}

function isDescription(value: unknown): value is SystemDescription {
  return descriptionProblem(value) === undefined;
}

/**
 * Checks fields that a person added.
 *
 * @throws LabError export/invalid-description
 */
export function parseSystemDescription(value: unknown, source: string): SystemDescription {
  if (isDescription(value)) return value;
  const problem = descriptionProblem(value) ?? 'is wrong';
  throw labError('export/invalid-description', `${source} ${problem}.`);
}

/**
 * The description of the system that a run measured: the record's fields, then the added ones; every other required
 * field says that it is not recorded.
 *
 * @throws LabError export/invalid-description when an added field contradicts the record
 */
export function systemDescription(
  record: RunRecord,
  names: SystemNames,
  added: SystemDescription,
): SystemDescription {
  const known = recordedFields(record, names);
  for (const [field, value] of Object.entries(added)) {
    const recorded = known[field];
    if (recorded !== undefined && recorded !== value)
      throw labError(
        'export/invalid-description',
        `The added "${field}" is ${JSON.stringify(value)}, but the record of run ${record.runId} says ${JSON.stringify(recorded)}.`,
      );
  }
  const required = [...filledSystemFields, ...emptySystemFields];
  const empty = Object.fromEntries(required.map((field) => [field, notRecorded]));
  return { [noticeField]: notResultNotice, ...empty, ...added, ...known };
}

/** The required fields that say that they are not recorded. */
export function missingSystemFields(description: SystemDescription): string[] {
  return [...filledSystemFields, ...emptySystemFields].filter(
    (field) => description[field] === notRecorded,
  );
}
