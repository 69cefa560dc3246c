import { labError } from '#harness/contracts/error-catalogue.ts';

import { encodeCommand } from './commands.ts';
import type { TinySession } from './session.ts';

const flush = encodeCommand('');
/** The command that every board answers, and that changes nothing. */
export const nameCommand: Uint8Array = encodeCommand('name');
const nsPerMs = 1e6;

/** Whether the board answers `name` now with exactly its name and `m-ready`. */
export async function answersName(session: TinySession): Promise<boolean> {
  const { link, settings } = session;
  const reply = await link.exchange(nameCommand, { silenceMs: settings.probeTimeoutMs });
  const spoken = reply.messages.filter(({ kind }) => kind !== 'other');
  const isName = reply.isComplete && spoken.length === 1 && spoken[0]?.kind === 'name';
  if (isName) link.regainStep();
  else link.loseStep();
  return isName;
}

/**
 * Brings both sides in step: flushes a half-received command with a bare `%`, reads until quiet, and goes on until
 * `name` gets its proper answer. The answer is checked because a busy board is quiet, too.
 *
 * @throws LabError dut/timeout when the board does not come back within `resyncTimeoutMs`; dut/rebooted
 */
export async function resynchronise(session: TinySession): Promise<void> {
  const { link, settings, context } = session;
  const { quietMs, resyncTimeoutMs } = settings;
  const endNs = link.nowNs + resyncTimeoutMs * nsPerMs;
  link.counters.resyncCount += 1;
  do {
    link.send(flush);
    await link.quiet(quietMs, resyncTimeoutMs);
    if (await answersName(session)) return;
  } while (link.nowNs < endNs);
  const { boardId } = context;
  throw labError('dut/timeout', `the board ${boardId} did not come back into step`, {
    details: { boardId, waitedMs: resyncTimeoutMs },
  });
}

/**
 * Resynchronises when the sides are out of step, else does nothing: the flush is an empty command, which a strict
 * port of the firmware does not survive (sheet 1.1), so it is never sent without need.
 */
export async function ensureInStep(session: TinySession): Promise<void> {
  if (!session.link.isInStep) await resynchronise(session);
}
