import { labError } from '#harness/contracts/error-catalogue.ts';

import type { FramesSession } from './frames-session.ts';
import { greet, readStatus } from './greet.ts';

/**
 * Ends subscription and sample and checks that the device still answers. A boot on the way is no failure here. Closes
 * the link in any case.
 *
 * @throws LabError dut/timeout when the device does not answer any more, the error of the link
 */
export async function releaseDevice(session: FramesSession): Promise<void> {
  const { link, context } = session;
  try {
    await greet(session, session.settings.replyTimeoutMs);
    await link.ask({ kind: 'release' });
    const { sampleBytes, state } = await readStatus(session);
    // STATUS names the size of the sample that the model takes, so only the state tells of a model half sent.
    if (state === 'receiving') {
      const { boardId } = context;
      throw labError('dut/timeout', `the board ${boardId} still waits for a model`, {
        details: { boardId, sampleBytes },
      });
    }
  } finally {
    session.sample = undefined;
    await link[Symbol.asyncDispose]();
  }
}
