import { join } from 'node:path';

import type { InstrumentEntry } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type {
  InstrumentIdentity,
  PowerBlock,
  PowerCapture,
  PowerMeter,
} from '#harness/contracts/power-meter.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import type { RunBench } from './run-bench.ts';

/** The power meter of one run and what it records. */
export interface PowerSession {
  readonly identity: InstrumentIdentity;
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** Mean power of the samples that arrive within this time from now, in watts. */
  readonly meanWattsOver: (durationMs: number, signal: AbortSignal) => Promise<number>;
  /** The task's value; when the capture breaks first, its failure. */
  readonly guard: <T>(task: Promise<T>) => Promise<T>;
  readonly stop: (signal: AbortSignal) => Promise<void>;
  /** Safe state of the meter, whatever happened before. */
  readonly release: (signal: AbortSignal) => Promise<void>;
}
