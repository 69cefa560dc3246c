import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import { hasHostReference, type Suite } from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import { modelDeployment } from '../lab/open-board.ts';

async function requireHash(path: string, expected: string): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw labError('suite/model-missing', `The model ${path} cannot be read.`, { cause });
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === expected) return;
  throw labError(
    'suite/model-hash-mismatch',
    `${path} has the SHA-256 ${found}, not ${expected}.`,
    {
      details: { path, expected, found },
    },
  );
}

/**
 * Tries what the host has of a suite's model: it runs a classifier itself, counts with a tokenizer's file, and has
 * nothing of a model that is on its board alone.
 *
 * @returns what was found, in words
 * @throws LabError suite/model-missing, suite/model-hash-mismatch, suite/model-unusable
 */
export async function checkModel(lab: LoadedLab, suite: Suite): Promise<string> {
  const { architecture, file, sha256 } = suite.model;
  if (suite.stream !== undefined) return 'its model is on the board alone';
  if (!hasHostReference(suite)) {
    await requireHash(resolve(lab.rootDir, file), sha256);
    return `${file} has the right hash`;
  }
  const options = { threadCount: 1 };
  await using session = await onnxInferenceRuntime().open(modelDeployment(lab, suite), options);
  void session;
  return `model ${architecture} loads and has the right hash`;
}
