import { labError } from '#harness/contracts/error-catalogue.ts';

import { encodeCommand } from './commands.ts';
import type { TinySession } from './session.ts';

const flush = encodeCommand('');
/** The command that every board answers, and that changes nothing. */
export const nameCommand: Uint8Array = encodeCommand('name');
const nsPerMs = 1e6;

/**
 * Whether the board answers with what was asked just now. An IO manager may hold a reply back, and then the answer to
 * `name` is that to an earlier `name`: a word that was never sent before tells the two apart.
 */
async function answersFreshWord(session: TinySession): Promise<boolean> {
  const { link, settings } = session;
  const word = `step${link.counters.commandCount}`;
  const reply = await link.exchange(encodeCommand(word), { silenceMs: settings.probeTimeoutMs });
  return (
    reply.isComplete &&
    reply.messages.some((message) => message.kind === 'error' && message.words.includes(word))
  );
}

/** Whether the board behind an IO manager is in step with us; a backlog of replies is thrown away. */
async function isRelayInStep(session: TinySession): Promise<boolean> {
  const { ioManager, signal, link } = session;
  if (ioManager === undefined || signal === undefined) return true;
  if (await answersFreshWord(session)) return true;
  link.loseStep();
  if (ioManager.relay.hanging === undefined) await ioManager.clearBacklog(signal);
  return false;
}

/** Whether the board answers `name` now with exactly its name and `m-ready`. */
export async function answersName(session: TinySession): Promise<boolean> {
  const { link, settings } = session;
  const reply = await link.exchange(nameCommand, { silenceMs: settings.probeTimeoutMs });
  const spoken = reply.messages.filter(({ kind }) => kind !== 'other');
  const isName = reply.isComplete && spoken.length === 1 && spoken[0]?.kind === 'name';
  if (isName && (await isRelayInStep(session))) {
    link.regainStep();
    return true;
  }
  link.loseStep();
  return false;
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
  const hanging = session.ioManager?.relay.hanging;
  if (hanging !== undefined) throw hanging;
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
