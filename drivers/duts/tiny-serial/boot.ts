import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { silenceError, type BaudSweep } from './diagnosis.ts';
import { answersName, nameCommand } from './resync.ts';
import type { TinySession } from './session.ts';

const nsPerMs = 1e6;

/**
 * Waits until the board answers `name`, whether it has booted long ago or boots now because its port was opened.
 *
 * @returns false when it does not within `bootTimeoutMs`
 * @throws LabError dut/echo, dut/wrong-firmware-mode as soon as they are certain
 */
export async function reachBoard(session: TinySession): Promise<boolean> {
  const { link, settings } = session;
  const endNs = link.nowNs + settings.bootTimeoutMs * nsPerMs;
  do {
    await link.quiet(settings.quietMs, settings.bootTimeoutMs);
    if (await answersName(session)) return true;
    if (isOtherBuild(session)) throw boardSilence(session);
    const diagnosis = boardSilence(session);
    if (diagnosis.code === 'dut/echo') throw diagnosis;
  } while (link.nowNs < endNs);
  return false;
}

/** Whether a boot banner has named the build that is not wanted. */
export function isOtherBuild({ link, settings }: TinySession): boolean {
  return link.bootMode !== undefined && link.bootMode !== settings.firmwareMode;
}

/** The diagnosis of a board that was not reached. */
export function boardSilence(session: TinySession, sweep?: BaudSweep): LabError {
  const { link, settings, context } = session;
  return silenceError({
    boardId: context.boardId,
    path: settings.path,
    baudRate: settings.baudRate,
    sent: nameCommand,
    received: link.capture.bytes(),
    neededMode: settings.firmwareMode,
    ...(sweep === undefined ? {} : { sweep }),
  });
}

/**
 * Waits for the board after a deploy. A board that answers already has booted already.
 *
 * @throws LabError dut/timeout
 */
export async function awaitBoot(session: TinySession): Promise<void> {
  const { link, settings, context } = session;
  link.expectBoot(true);
  session.held = { state: 'none' };
  link.capture.clear();
  try {
    if (await reachBoard(session)) return;
  } finally {
    link.expectBoot(false);
  }
  const { boardId } = context;
  throw labError('dut/timeout', `the board ${boardId} did not boot`, {
    details: { boardId, waitedMs: settings.bootTimeoutMs, ...boardSilence(session).details },
  });
}
