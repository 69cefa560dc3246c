import type { Clock } from '#harness/kernel/clock.ts';

import type { LogWriter } from './log-writer.ts';

/** Samples that arrived together: energy per sample period, in joules. */
export interface PowerBlock {
  /** Index of the first sample since `start`. */
  readonly firstSampleIndex: number;
  /** Run-clock instant at which the last byte of the last sample arrived. */
  readonly arrivedAtNs: number;
  /** Samples missing just before this block, by the analyzer's own time stamps; 0 when none. */
  readonly lostSampleCount: number;
  /** Energy of each sample period in joules; NaN where the sample was torn on the wire. */
  readonly energyJoules: Float32Array;
}

/** Identity of an instrument, as it answers. */
export interface InstrumentIdentity {
  readonly maker: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
}

/** A running capture. */
export interface PowerCapture {
  /** Samples per second. */
  readonly sampleRateHz: number;
  /**
   * Ends the capture: asks the analyzer to stop and waits for its confirmation.
   *
   * @returns how many samples came, and how many its own time stamps say are missing
   * @throws LabError power/stream-stopped, power/overcurrent
   */
  readonly stop: (
    signal: AbortSignal,
  ) => Promise<{ readonly sampleCount: number; readonly lostSampleCount: number }>;
  /** Resolves with the failure when the stream breaks by itself (silence, overcurrent, unplug); never rejects. */
  readonly failed: Promise<unknown>;
}

/** What a power driver gets from the harness. */
export interface PowerContext {
  readonly instrumentId: string;
  readonly clock: Clock;
  readonly log: LogWriter;
}

/** The port to a power analyzer. */
export interface PowerMeter extends AsyncDisposable {
  /** Takes control, drains any stream left by a crashed session. @throws LabError power/no-answer */
  readonly identify: (signal: AbortSignal) => Promise<InstrumentIdentity>;
  /**
   * Starts sampling; blocks arrive through `onBlock` until `stop`.
   *
   * @throws LabError power/no-answer, power/rejected-command
   */
  readonly start: (
    onBlock: (block: PowerBlock) => void,
    signal: AbortSignal,
  ) => Promise<PowerCapture>;
  /** Safe state: stopped, outputs as configured for idle, control released. */
  readonly release: (signal: AbortSignal) => Promise<void>;
}
