import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { modelDataOverheadBytes } from '../../transports/device-protocol/requests.ts';
import { deploymentOf, loseSample, type FramesSession } from './frames-session.ts';
import { greeted, readStatus } from './greet.ts';
import { refusalName } from './refusal.ts';
import { sendParts } from './send-parts.ts';

/** Uploads of a whole model: a device that read other bytes has another hash, and gets them once more. */
const uploadCountMax = 2;

function deployFailed(session: FramesSession, what: string, cause?: unknown): LabError {
  const { boardId } = session.context;
  const { modelPath, modelSha256 } = deploymentOf(session);
  return labError('dut/deploy-failed', `the model was not put on the board ${boardId}: ${what}`, {
    details: { boardId, modelPath, modelSha256 },
    cause,
  });
}

async function readModel(session: FramesSession): Promise<Uint8Array> {
  const { modelPath, modelSha256 } = deploymentOf(session);
  const bytes = await readFile(modelPath).catch((cause: unknown) => {
    throw deployFailed(session, `${modelPath} cannot be read`, cause);
  });
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== modelSha256) throw deployFailed(session, `${modelPath} has SHA-256 ${actual}`);
  return bytes;
}

/** Announces the model, and sends it unless the device holds it. */
async function upload(session: FramesSession, file: Uint8Array): Promise<void> {
  const { link } = session;
  const { hello } = await greeted(session);
  const { modelSha256, boardModel, inputElement, inputShape, outputLength } = deploymentOf(session);
  const begun = await link.ask({
    kind: 'model-begin',
    sha256: modelSha256,
    fileBytes: file.length,
    name: boardModel,
    element: inputElement,
    shape: inputShape,
    outputCount: outputLength,
  });
  if (begun.reply.isHeld) return;
  const room = hello.payloadBytesMax - modelDataOverheadBytes;
  await sendParts(session, {
    what: 'model-data',
    byteCount: file.length,
    partBytesMax: Math.max(1, Math.min(begun.reply.partBytesMax, room)),
    send: async ({ start, end }, patience) => {
      const bytes = file.subarray(start, end);
      const reply = await link.askOnce({ kind: 'model-data', offset: start, bytes }, patience);
      return typeof reply === 'string' ? reply : reply.nextOffset;
    },
  });
  await link.ask({ kind: 'model-end' });
}

async function uploadUntilRight(session: FramesSession, file: Uint8Array): Promise<void> {
  for (let uploadCount = 1; ; uploadCount += 1) {
    try {
      await upload(session, file);
      return;
    } catch (error) {
      const isOtherHash =
        hasCode(error, 'dut/deploy-failed') && refusalName(error) === 'hash-mismatch';
      if (!isOtherHash || uploadCount >= uploadCountMax) throw error;
      session.link.counters.retryCount += 1;
    }
  }
}

/**
 * Puts the model of the run on the device by its hash; nothing is sent when it is there and in use.
 *
 * @throws LabError dut/deploy-failed, dut/wrong-model (the device takes none and holds another), dut/timeout
 */
export async function deployModel(session: FramesSession): Promise<void> {
  const { boardId } = session.context;
  const { modelSha256 } = deploymentOf(session);
  const { hello } = await greeted(session);
  const before = await readStatus(session);
  if (before.state === 'model' && before.modelSha256 === modelSha256) return;
  if (!hello.takesModels) {
    throw labError('dut/wrong-model', `the board ${boardId} takes no model and holds another`, {
      details: { boardId, modelSha256: before.modelSha256 },
    });
  }
  const file = await readModel(session);
  if (file.length > hello.modelBytesMax) {
    throw deployFailed(session, `it has room for ${hello.modelBytesMax} of ${file.length} bytes`);
  }
  loseSample(session);
  await uploadUntilRight(session, file);
  const after = await readStatus(session);
  if (after.state !== 'model' || after.modelSha256 !== modelSha256) {
    throw deployFailed(session, `afterwards it says it holds ${after.modelSha256}`);
  }
  session.hasDeployed = true;
}
