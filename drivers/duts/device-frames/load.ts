import { crc32 } from 'node:zlib';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import { loadOverheadBytes } from '../../transports/device-protocol/requests.ts';
import { deployModel } from './deploy.ts';
import { refreshClock } from './device-clock.ts';
import { loseSample, type FramesSession } from './frames-session.ts';
import { greeted } from './greet.ts';
import { refusalName } from './refusal.ts';
import { sendParts } from './send-parts.ts';

const wholeTryCountMax = 3;

/** Sends it once. @returns the CRC-32 that the device computed over all of it */
async function sendSample(session: FramesSession, sample: Uint8Array): Promise<number> {
  const { hello } = await greeted(session);
  let sampleCrc32 = 0;
  await sendParts(session, {
    what: 'load',
    byteCount: sample.length,
    partBytesMax: hello.payloadBytesMax - loadOverheadBytes,
    send: async ({ start, end }, patience) => {
      const bytes = sample.subarray(start, end);
      const reply = await session.link.askOnce(
        { kind: 'load', sampleBytes: sample.length, offset: start, bytes },
        patience,
      );
      if (typeof reply === 'string') return reply;
      sampleCrc32 = reply.sampleCrc32;
      return reply.nextOffset;
    },
  });
  return sampleCrc32;
}

/** After a boot the device is greeted again, and gets back the model that we had put there. */
async function makeReady(session: FramesSession): Promise<void> {
  if (session.greeting !== undefined) return;
  const { status } = await greeted(session);
  const { deployment } = session.context;
  if (session.hasDeployed && status.modelSha256 !== deployment?.modelSha256) {
    await deployModel(session);
  }
}

/**
 * Puts the sample there and compares the device's CRC-32 of all of it.
 *
 * @throws LabError dut/load-failed, dut/sample-too-large, dut/wrong-model, dut/timeout, dut/rebooted
 */
export async function loadSample(session: FramesSession, sample: Uint8Array): Promise<void> {
  session.sample = { bytes: sample, isHeld: false };
  const { boardId } = session.context;
  await makeReady(session);
  const { hello } = await greeted(session);
  if (sample.length > hello.sampleBytesMax) {
    throw labError(
      'dut/sample-too-large',
      `the board ${boardId} takes ${hello.sampleBytesMax} bytes`,
      {
        details: { boardId, sampleBytes: sample.length, sampleBytesMax: hello.sampleBytesMax },
      },
    );
  }
  await refreshClock(session);
  const expected = crc32(sample);
  for (let tryCount = 0; tryCount < wholeTryCountMax; tryCount += 1) {
    if ((await sendSample(session, sample)) === expected) {
      session.sample.isHeld = true;
      return;
    }
    session.link.counters.garbledReplyCount += 1;
  }
  throw labError('dut/load-failed', `the board ${boardId} holds other bytes than were sent`, {
    details: { boardId, tries: wholeTryCountMax },
  });
}

/** Loads the sample again where it is in doubt that the device holds it. */
export async function holdSample(session: FramesSession): Promise<void> {
  const { sample } = session;
  if (sample === undefined || sample.isHeld) return;
  await loadSample(session, sample.bytes);
}

/** Whether the device has lost its sample, which a new load mends. */
export function lostSample(session: FramesSession, error: unknown): boolean {
  if (!(error instanceof LabError) || refusalName(error) !== 'no-sample') return false;
  loseSample(session);
  return true;
}
