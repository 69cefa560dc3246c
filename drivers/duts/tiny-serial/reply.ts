import type { TinyMessage } from './protocol.ts';

/** How long a board may be silent within one reply. */
export interface SilenceLimits {
  readonly silenceMs: number;
  /** The same while it runs inferences, between `m-infer-start` and `m-infer-done`. Default `silenceMs`. */
  readonly runningMs?: number;
}

/** What came between a command and its `m-ready`. */
export interface Reply {
  /** Whether `m-ready` came; false when the board fell silent before. */
  readonly isComplete: boolean;
  /** Every line but `m-ready` and empty ones, in order. */
  readonly messages: readonly TinyMessage[];
  /** Run-clock instant at which each message's chunk arrived. */
  readonly arrivedAtNs: readonly number[];
}

/** The silence allowed after this message, in milliseconds. */
export function silenceAfterMs(message: TinyMessage, limits: SilenceLimits): number {
  const isRunning = message.kind === 'infer-start' || message.kind === 'lap';
  return isRunning ? (limits.runningMs ?? limits.silenceMs) : limits.silenceMs;
}
