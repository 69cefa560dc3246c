import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { ResultStore } from '#harness/contracts/result-store.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { callWithin } from './call-within.ts';
import type { MakeBoardSafe } from './run-launcher.ts';
import type { SchedulerSettings } from './scheduler-settings.ts';

/** What bringing a board to safety needs. */
export interface BoardSafetyPorts {
  readonly store: ResultStore;
  readonly clock: Clock;
  readonly settings: SchedulerSettings;
  readonly makeBoardSafe: MakeBoardSafe;
  readonly log: LogWriter;
}

async function tryOnce(ports: BoardSafetyPorts, boardId: string): Promise<unknown> {
  const boundMs = ports.settings.recoveryDeadlineMs;
  const late = () =>
    labError('board/recovery-deadline', `making ${boardId} safe took longer than ${boundMs} ms`);
  try {
    await callWithin({ clock: ports.clock, boundMs, late }, (signal) =>
      ports.makeBoardSafe(boardId, signal),
    );
    return undefined;
  } catch (error) {
    ports.log({
      level: 'warn',
      message: 'board not safe yet',
      fields: { boardId, error: String(error) },
    });
    return error;
  }
}

/**
 * Tries to bring a board to its safe state, each try with a deadline; writes nothing. Never rejects.
 *
 * @param mayTryAgain - asked before each try but the first; a shutdown allows no more
 * @returns null when the board is safe, else `board/unsafe`
 */
export async function bringBoardToSafety(
  ports: BoardSafetyPorts,
  boardId: string,
  mayTryAgain: () => boolean,
): Promise<ErrorRecord | null> {
  const { recoveryTryCountMax, recoveryPauseMs } = ports.settings;
  let cause = await tryOnce(ports, boardId);
  let tryCount = 1;
  while (cause !== undefined && tryCount < recoveryTryCountMax && mayTryAgain()) {
    await ports.clock.sleep(recoveryPauseMs);
    cause = await tryOnce(ports, boardId);
    tryCount += 1;
  }
  if (cause === undefined) return null;
  const last = errorRecord(cause);
  const message = `${boardId} could not be made safe in ${tryCount} tries: ${last.message}`;
  return errorRecord(labError('board/unsafe', message, { details: { tryCount, code: last.code } }));
}

/** Marks a board that no run holds as unsafe, with the reason, and leaves a trace. */
export function markBoardUnsafe(
  ports: Pick<BoardSafetyPorts, 'store' | 'clock'>,
  boardId: string,
  error: ErrorRecord,
): void {
  ports.store.setBoardState(boardId, 'unsafe', error);
  ports.store.appendAudit({
    atMs: ports.clock.utcMs(),
    actor: 'assay',
    action: 'board-unsafe',
    subject: boardId,
    details: { message: error.message, ...error.details },
  });
}
