import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { DutIdentitySchema } from '#harness/contracts/records/run-record.ts';
import {
  accuracyFile,
  decodeAccuracyLog,
  type AccuracyEntry,
} from '#harness/judge/raw/accuracy-log.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import type { RunBench } from './run-bench.ts';
import { writeEvidence } from './write-evidence.ts';

/** What the answers of a checkpoint depend on; lies beside it. */
const contextFile = 'raw/accuracy-context.json';

const ContextSchema = Type.Object({
  boardId: Type.String(),
  identity: DutIdentitySchema,
  suiteId: Type.String(),
  suiteVersion: Type.String(),
  modelSha256: Type.String(),
  datasetSha256: Type.String(),
  sampleCount: Type.Integer(),
});
type Context = Static<typeof ContextSchema>;

function contextOf({ board, suite, settings, found }: RunBench): Context {
  return {
    boardId: board.id,
    identity: assertDefined(found.identity, 'identified before it is measured'),
    suiteId: suite.id,
    suiteVersion: suite.version,
    modelSha256: suite.model.sha256,
    datasetSha256: suite.dataset.sha256,
    sampleCount: settings.accuracySampleCount,
  };
}

/** What two attempts must have in common; where the board is plugged in may differ. */
function comparable({ identity, ...context }: Context): unknown {
  const { usb, network, ...device } = identity;
  return { ...context, device, serialNumber: usb?.serialNumber, address: network?.address };
}

function readContext(bundleDir: string): Context | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(bundleDir, contextFile), 'utf8'));
    return Value.Check(ContextSchema, value) ? value : undefined;
  } catch {
    // Missing or cut short by the same kill: then nothing of that attempt is used.
    return undefined;
  }
}

/** The whole lines; a last one that a kill cut short is left out. */
function readEntries(bundleDir: string, sampleCount: number): AccuracyEntry[] {
  const path = join(bundleDir, accuracyFile);
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  return decodeAccuracyLog(whole).filter(({ sampleIndex }) => sampleIndex < sampleCount);
}

/**
 * The answers that an interrupted attempt of the same job left, when they were given by the same device with the same
 * model to the same data; none otherwise. Writes what this run's own checkpoint depends on.
 */
export function resumableAnswers(bench: RunBench): readonly AccuracyEntry[] {
  const { order, log } = bench;
  const context = contextOf(bench);
  writeEvidence(order.bundleDir, contextFile, JSON.stringify(context));
  if (order.resumeFrom === undefined) return [];
  const { runId, bundleDir } = order.resumeFrom;
  const earlier = readContext(bundleDir);
  const isSame = earlier !== undefined && Value.Equal(comparable(earlier), comparable(context));
  if (!isSame) {
    const fields = { runId, reason: earlier === undefined ? 'no context' : 'another context' };
    log({ level: 'warn', message: 'answers of the earlier attempt are not used', fields });
    return [];
  }
  try {
    return readEntries(bundleDir, context.sampleCount);
  } catch (error) {
    const fields = { runId, error: String(error) };
    log({ level: 'warn', message: 'answers of the earlier attempt are not readable', fields });
    return [];
  }
}
