import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { BoardEntry, InstrumentEntry } from '#harness/contracts/define-lab.ts';
import {
  sampleByteCount,
  type EncodedSamples,
  type Suite,
} from '#harness/contracts/define-suite.ts';
import type { DeviceReading } from '#harness/contracts/dut.ts';
import type { InferenceRuntime } from '#harness/contracts/inference.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { InstrumentIdentity } from '#harness/contracts/power-meter.ts';
import type {
  DeviceClock,
  DutIdentity,
  LinkCounters,
  RecoveryStep,
  ResumedAnswers,
  RunSettings,
} from '#harness/contracts/records/run-record.ts';
import type { RunEvent } from '#harness/contracts/run-event.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { DutThread } from './dut-thread.ts';
import type { PowerSession } from './power-session.ts';
import type { RunOrder } from './run-order.ts';

/** Everything one run works with: what does not change, and what its phases open and learn. */
export interface RunBench {
  readonly lab: LoadedLab;
  readonly order: RunOrder;
  readonly board: BoardEntry;
  readonly suite: Suite;
  readonly instrument: InstrumentEntry | undefined;
  readonly settings: RunSettings;
  readonly clock: Clock;
  /** `process.hrtime.bigint()` at instant 0 of the clock. */
  readonly originNs: bigint;
  readonly startedAtUtcMs: number;
  readonly inference: InferenceRuntime;
  readonly log: LogWriter;
  readonly onReading: (reading: DeviceReading) => void;
  readonly tell: (event: RunEvent) => void;
  /** What the phases opened and learnt so far; only they write it. */
  readonly found: {
    samples?: EncodedSamples;
    thread?: DutThread;
    power?: PowerSession;
    instrumentIdentity?: InstrumentIdentity;
    identity?: DutIdentity;
    counters?: LinkCounters;
    deviceClock?: DeviceClock;
    resumed?: ResumedAnswers;
    /** Rungs of the recovery ladder that were climbed. */
    readonly recovery: RecoveryStep[];
    /** Whether the device tells more of an answer than its output: its own timer, tokens. */
    hasDetails?: boolean;
  };
}

/** The thread of the device; it was started in `securing`. */
export function deviceOf(bench: RunBench): DutThread {
  return assertDefined(bench.found.thread, 'the device was opened in securing');
}

/** One encoded sample of the evaluation set; a view, not to be changed. */
export function sampleOf(bench: RunBench, sampleIndex: number): Uint8Array {
  const { bytes } = assertDefined(bench.found.samples, 'the data set was prepared in securing');
  const byteCount = sampleByteCount(bench.suite);
  return bytes.subarray(sampleIndex * byteCount, (sampleIndex + 1) * byteCount);
}
