import { labError } from '#harness/contracts/error-catalogue.ts';

import type { FramesSession } from './frames-session.ts';

const burstCount = 8;
const refreshNs = 1e9;

/**
 * One CLOCK exchange.
 *
 * @throws LabError dut/garbled-reply when the counter cannot have got where it is
 */
async function readClock(session: FramesSession): Promise<void> {
  const { link, clock, context } = session;
  if (clock === undefined) return;
  const cookie = BigInt(Math.round(link.nowNs));
  const answered = await link.ask({ kind: 'clock', cookie });
  session.clockReadAtNs = answered.receivedAtNs;
  // Which of several tries was answered is not known, so its round trip is not, either.
  if (answered.tryCount > 1) return;
  const { arrivedTicks, handedOverTicks } = answered.reply;
  const wasTaken =
    answered.reply.cookie === cookie &&
    clock.add({
      sentAtNs: answered.firstSentAtNs,
      receivedAtNs: answered.receivedAtNs,
      arrivedTicks,
      handedOverTicks,
    });
  if (!wasTaken) throw clockJumped(context.boardId, { arrivedTicks, handedOverTicks });
}

/** The clock of this board is not to be trusted. */
export function clockJumped(boardId: string, ticks: Readonly<Record<string, bigint>>): Error {
  const shown = Object.entries(ticks).map(([name, value]) => [name, String(value)] as const);
  return labError(
    'dut/garbled-reply',
    `the clock of the board ${boardId} jumped or ran backwards`,
    {
      details: { boardId, ...Object.fromEntries(shown) },
    },
  );
}

/** Some exchanges in a row, of which the shortest will count. */
export async function readClockBurst(session: FramesSession): Promise<void> {
  for (let count = 0; count < burstCount; count += 1) await readClock(session);
}

/** One more exchange, where the last is a second old. */
export async function refreshClock(session: FramesSession): Promise<void> {
  if (session.link.nowNs - session.clockReadAtNs >= refreshNs) await readClock(session);
}
