import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

const ModelSchema = Type.Object({
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  fileBytes: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  element: Type.Union([Type.Literal('int8'), Type.Literal('uint8')]),
  shape: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 8 }),
  outputCount: Type.Integer({ minimum: 1 }),
});
const AgentStateSchema = Type.Object({
  bootCount: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
  /** In use when the agent last knew; null while one is being opened, so that a model that kills it is not tried again. */
  model: Type.Union([ModelSchema, Type.Null()]),
});

/** What an agent remembers over a restart. */
export type AgentState = Static<typeof AgentStateSchema>;

/** @returns what the file holds; a fresh state when there is none or it is damaged */
export async function readAgentState(file: string): Promise<AgentState> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const content: unknown = JSON.parse(text);
    if (Value.Check(AgentStateSchema, content)) return content;
  } catch {
    // Half a file after a power cut: begin anew.
  }
  return { bootCount: 0, model: null };
}

/**
 * Writes it durably, never half.
 *
 * @throws LabError agent/state-unusable
 */
export async function writeAgentState(file: string, state: AgentState): Promise<void> {
  const part = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(state)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (cause) {
    throw labError('agent/state-unusable', `the file ${file} cannot be written`, {
      details: { file },
      cause,
    });
  }
}
