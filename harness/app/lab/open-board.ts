import { resolve } from 'node:path';

import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { Suite, TextTask } from '#harness/contracts/define-suite.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import type { ModelDeployment, TextDeployment } from '#harness/contracts/inference.ts';

import { findBoard } from './find-entry.ts';

function textDeployment(lab: LoadedLab, suite: Suite, { maxTokens }: TextTask): TextDeployment {
  return {
    tokenizerPath: resolve(lab.rootDir, suite.model.file),
    tokenizerSha256: suite.model.sha256,
    maxTokens,
    classNames: suite.dataset.classNames,
  };
}

/** The model of a suite, as a device gets it. */
export function modelDeployment(lab: LoadedLab, suite: Suite): ModelDeployment {
  return {
    modelPath: resolve(lab.rootDir, suite.model.file),
    modelSha256: suite.model.sha256,
    boardModel: suite.boardModel,
    inputElement: suite.model.inputElement,
    inputShape: suite.model.inputShape,
    outputLength: suite.model.outputLength,
    ...(suite.text === undefined ? {} : { text: textDeployment(lab, suite, suite.text) }),
  };
}

/** Opens a board by its entry; without a suite for recovery and diagnosis. */
export async function openBoard(
  lab: LoadedLab,
  request: Omit<DutContext, 'deployment'> & { readonly suite?: Suite },
  signal: AbortSignal,
): Promise<Dut> {
  const board = findBoard(lab, request.boardId);
  const { suite, ...context } = request;
  const deployment = suite === undefined ? {} : { deployment: modelDeployment(lab, suite) };
  return board.driver.open(board.config, { ...context, ...deployment }, signal);
}
