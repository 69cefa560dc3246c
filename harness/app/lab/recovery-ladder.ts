import type { RecoveryStep } from '#harness/contracts/records/run-record.ts';
import type { Clock } from '#harness/kernel/clock.ts';

/** One way to bring a board back; each is used only when the one before did not help. */
export interface RecoveryRung {
  /** `reopen`, `power-switch outlet-3`, `redeploy`. */
  readonly name: string;
  /** Rejects when it could not be done; the ladder goes on then. */
  readonly climb: (signal: AbortSignal) => Promise<void>;
}

/** A board that has to be brought back. */
export interface RecoveryRequest {
  readonly rungs: readonly RecoveryRung[];
  /** Resolves when the board answers as it should. */
  readonly confirm: (signal: AbortSignal) => Promise<void>;
  /** Whether this error ends the climb: another rung could only do harm. */
  readonly isFinal: (error: unknown) => boolean;
  /** Code of the error that made it necessary. */
  readonly reason: string;
  readonly clock: Clock;
  /** Hears every rung that was climbed. */
  readonly onStep: (step: RecoveryStep, error: unknown) => void;
}

async function failureOf(work: () => Promise<void>): Promise<{ readonly error: unknown } | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return { error };
  }
}

/**
 * Climbs rung by rung until the board answers.
 *
 * @returns whether it does
 * @throws the signal's reason · an error that is final
 */
export async function climbLadder(request: RecoveryRequest, signal: AbortSignal): Promise<boolean> {
  const { rungs, confirm, isFinal, reason, clock, onStep } = request;
  for (const { name, climb } of rungs) {
    signal.throwIfAborted();
    const atNs = clock.nowNs();
    const failure = await failureOf(async () => {
      await climb(signal);
      await confirm(signal);
    });
    signal.throwIfAborted();
    onStep({ rung: name, atNs, helped: failure === null, reason }, failure?.error);
    if (failure === null) return true;
    if (isFinal(failure.error)) throw failure.error;
  }
  return false;
}
