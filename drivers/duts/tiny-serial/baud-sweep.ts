import type { BaudSweep } from './diagnosis.ts';
import { nameCommand } from './resync.ts';
import type { TinySession } from './session.ts';

/** Speeds that boards use: sheet 1.1 (115200, 921600, 9600 for energy builds) and the usual ones between. */
const usualBaudRates = [115_200, 921_600, 9_600, 230_400, 460_800, 57_600, 1_000_000, 1_843_200];

/**
 * Looks for the speed at which a silent board ends a reply, so that the operator reads the right setting instead of
 * trying. Any reply counts: what the board received at the wrong speed stands before our command. The configured
 * speed is set again at the end. DTR is not moved.
 */
export async function findBaudRate(session: TinySession): Promise<BaudSweep> {
  const { link, settings, setBaudRate } = session;
  const triedBaudRates: number[] = [];
  try {
    for (const baudRate of usualBaudRates) {
      if (baudRate === settings.baudRate) continue;
      triedBaudRates.push(baudRate);
      await setBaudRate(baudRate);
      const reply = await link.exchange(nameCommand, { silenceMs: settings.sweepTimeoutMs });
      if (reply.isComplete) return { triedBaudRates, answersAtBaudRate: baudRate };
    }
    return { triedBaudRates, answersAtBaudRate: undefined };
  } finally {
    link.loseStep();
    await setBaudRate(settings.baudRate);
  }
}
