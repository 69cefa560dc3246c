import { answersName, resynchronise } from './resync.ts';
import type { TinySession } from './session.ts';

/**
 * Leaves the board idle and in step: reads until quiet, checks that it answers, and flushes half-received commands
 * where it does not. A boot on the way is no failure here. Closes the port in any case.
 *
 * @throws LabError dut/timeout when the board does not answer any more, serial/unplugged
 */
export async function releaseBoard(session: TinySession): Promise<void> {
  const { link, settings } = session;
  link.expectBoot(true);
  try {
    const wasInStep = link.isInStep;
    await link.quiet(settings.quietMs, settings.resyncTimeoutMs);
    if (wasInStep && (await answersName(session))) return;
    await resynchronise(session);
  } finally {
    session.held = { state: 'none' };
    await link[Symbol.asyncDispose]();
  }
}
