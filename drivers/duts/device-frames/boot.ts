import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';

import type { FramesSession } from './frames-session.ts';
import { greet } from './greet.ts';

const greetEveryMs = 500;
const nsPerMs = 1e6;

/**
 * Waits until the device answers, greeting it again and again.
 *
 * @throws LabError dut/timeout when it does not within the configured time
 */
export async function awaitBoot(session: FramesSession): Promise<void> {
  const { link, settings, context } = session;
  const { boardId } = context;
  const endNs = link.nowNs + settings.bootTimeoutMs * nsPerMs;
  for (;;) {
    try {
      await greet(session, Math.min(greetEveryMs, settings.bootTimeoutMs));
      return;
    } catch (cause) {
      if (!hasCode(cause, 'dut/no-answer', 'dut/wrong-baud', 'dut/timeout', 'dut/rebooted'))
        throw cause;
      if (link.nowNs < endNs) continue;
      throw labError('dut/timeout', `the board ${boardId} did not answer after its boot`, {
        details: { boardId, bootTimeoutMs: settings.bootTimeoutMs },
        cause,
      });
    }
  }
}
