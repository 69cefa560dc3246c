import { nameCommand } from './resync.ts';
import type { TinySession } from './session.ts';

/** Speeds that boards use: sheet 1.1 (115200, 921600, 9600 for energy builds) and the usual ones between. */
const usualBaudRates = [115_200, 921_600, 9_600, 230_400, 460_800, 57_600, 1_000_000, 1_843_200];

/**
 * Looks for the speed at which a silent board ends a reply, so that the operator reads the right setting instead of
 * trying. Any reply counts: what the board received at the wrong speed stands before our command. The configured
 * speed is set again at the end. DTR is not moved.
 *
 * @returns undefined when it answers at none of the usual speeds
 */
export async function findBaudRate(session: TinySession): Promise<number | undefined> {
  const { link, settings, setBaudRate } = session;
  try {
    for (const baudRate of usualBaudRates) {
      if (baudRate === settings.baudRate) continue;
      await setBaudRate(baudRate);
      const reply = await link.exchange(nameCommand, { silenceMs: settings.sweepTimeoutMs });
      if (reply.isComplete) return baudRate;
    }
    return undefined;
  } finally {
    link.loseStep();
    await setBaudRate(settings.baudRate);
  }
}
