import { labError } from '#harness/contracts/error-catalogue.ts';

import type { FramesSession } from './frames-session.ts';

/** What is sent in parts, and how. */
export interface Parts {
  /** The request, for messages. */
  readonly what: 'model-data' | 'load';
  readonly byteCount: number;
  /** Bytes that a part may have at most. */
  readonly partBytesMax: number;
  /**
   * Sends the bytes from `start` to before `end`, once.
   *
   * @param patience - how many times as long as usual to wait: a slow device must be heard at last
   * @returns the offset that the device wants next, or how the part was lost
   */
  readonly send: (
    range: { readonly start: number; readonly end: number },
    patience: number,
  ) => Promise<number | 'silence' | 'damage'>;
}

/** Replies in a row that want the same part again. */
const standstillCountMax = 20;

function gaveUp(
  session: FramesSession,
  what: Parts['what'],
  how: 'silence' | 'damage' | 'standstill',
): Error {
  const { boardId } = session.context;
  const details = { boardId, request: what, how };
  if (how === 'silence')
    return labError('dut/timeout', `the board ${boardId} does not answer ${what}`, { details });
  const code = how === 'damage' ? 'dut/garbled-reply' : 'dut/load-failed';
  return labError(code, `the board ${boardId} takes no more ${what}`, { details });
}

/**
 * Sends everything, part by part, from wherever the device says that it is. A part that was lost is sent anew, smaller:
 * on a line that loses a byte in so many, short frames get through where long ones never would.
 *
 * @throws LabError dut/timeout after a silence of `replyTimeoutMs`, dut/garbled-reply after `retryCountMax` losses in a
 *   row, dut/load-failed when the device does not get on; and of the link
 */
export async function sendParts(session: FramesSession, parts: Parts): Promise<void> {
  const { what, byteCount, partBytesMax, send } = parts;
  const { partSize, link, settings } = session;
  let start = 0;
  let lostCount = 0;
  let standstillCount = 0;
  let patience = 1;
  let answeredAtNs = link.nowNs;
  while (start < byteCount) {
    const end = Math.min(byteCount, start + Math.min(partSize.bytes(), partBytesMax));
    const next = await send({ start, end }, patience);
    if (next === 'silence' || next === 'damage') {
      lostCount += 1;
      link.counters.retryCount += 1;
      partSize.shrink();
      if (next === 'silence') patience *= 2;
      const isDead =
        next === 'silence' && link.nowNs - answeredAtNs >= settings.replyTimeoutMs * 1e6;
      if (isDead || lostCount > settings.retryCountMax) throw gaveUp(session, what, next);
      continue;
    }
    answeredAtNs = link.nowNs;
    lostCount = 0;
    patience = 1;
    partSize.grow();
    standstillCount = next > start ? 0 : standstillCount + 1;
    if (standstillCount > standstillCountMax || next > byteCount)
      throw gaveUp(session, what, 'standstill');
    start = next;
  }
}
