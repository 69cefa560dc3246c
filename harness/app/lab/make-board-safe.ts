import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { InferenceRuntime } from '#harness/contracts/inference.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { RecoveryStep } from '#harness/contracts/records/run-record.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { findBoard, findPowerMeter } from './find-entry.ts';
import { openBoard } from './open-board.ts';
import { powerRungs } from './power-rungs.ts';
import { climbLadder } from './recovery-ladder.ts';
import { whenThere } from './when-there.ts';

/** What recovery needs to reach the hardware. */
export interface RecoveryTools {
  readonly clock: Clock;
  readonly inference: InferenceRuntime;
  readonly log: LogWriter;
  readonly signal: AbortSignal;
  /** Hears every rung of the recovery ladder that was climbed. */
  readonly onStep: (step: RecoveryStep) => void;
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

async function releaseBoardAsIs(
  lab: LoadedLab,
  boardId: string,
  tools: RecoveryTools,
): Promise<void> {
  const { signal } = tools;
  await using dut = await openBoard(
    lab,
    { boardId, clock: tools.clock, inference: tools.inference, log: tools.log },
    signal,
  );
  await dut.release(signal);
}

/** After its power came back: as soon as it is there and has booted. */
function releaseWhenBooted(lab: LoadedLab, boardId: string, tools: RecoveryTools): Promise<void> {
  const { clock, inference, log } = tools;
  const release = async (signal: AbortSignal): Promise<void> => {
    await using dut = await openBoard(lab, { boardId, clock, inference, log }, signal);
    await dut.awaitBoot(signal);
    await dut.release(signal);
  };
  return whenThere(release, clock, tools.signal);
}

/** Between runs nobody holds the board's port. */
function nothingBefore(): Promise<void> {
  return Promise.resolve();
}

/** Where the board does not answer, its power switches are tried, in the order of its entry. */
async function releaseBoard(lab: LoadedLab, boardId: string, tools: RecoveryTools): Promise<void> {
  const { clock, log, signal, onStep } = tools;
  try {
    await releaseBoardAsIs(lab, boardId, tools);
  } catch (error) {
    const isSafe = await climbLadder(
      {
        rungs: powerRungs(lab, findBoard(lab, boardId), { clock, log, before: nothingBefore }),
        confirm: () => releaseWhenBooted(lab, boardId, tools),
        isFinal: () => false,
        reason: errorRecord(error).code,
        clock,
        onStep,
      },
      signal,
    );
    if (!isSafe) throw error;
  }
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
