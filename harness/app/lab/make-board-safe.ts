import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { InferenceRuntime } from '#harness/contracts/inference.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { findBoard, findPowerMeter } from './find-entry.ts';
import { openBoard } from './open-board.ts';

/** What recovery needs to reach the hardware. */
export interface RecoveryTools {
  readonly clock: Clock;
  readonly inference: InferenceRuntime;
  readonly log: LogWriter;
  readonly signal: AbortSignal;
}

async function releaseMeter(lab: LoadedLab, boardId: string, tools: RecoveryTools): Promise<void> {
  const { signal } = tools;
  const instrument = findPowerMeter(lab, findBoard(lab, boardId));
  if (instrument === undefined) return;
  const context = { instrumentId: instrument.id, clock: tools.clock, log: tools.log };
  await using meter = await instrument.driver.open(instrument.config, context, signal);
  await meter.identify(signal);
  await meter.release(signal);
}

async function releaseBoard(lab: LoadedLab, boardId: string, tools: RecoveryTools): Promise<void> {
  const { signal } = tools;
  await using dut = await openBoard(
    lab,
    { boardId, clock: tools.clock, inference: tools.inference, log: tools.log },
    signal,
  );
  await dut.release(signal);
}

/** Brings a board and its meter to their safe state, whatever a crashed run left. Throws when one of them is not there. */
export async function makeBoardSafe(
  lab: LoadedLab,
  boardId: string,
  tools: RecoveryTools,
): Promise<void> {
  const outcomes = await Promise.allSettled([
    releaseBoard(lab, boardId, tools),
    releaseMeter(lab, boardId, tools),
  ]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
