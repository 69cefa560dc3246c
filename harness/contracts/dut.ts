import type { Clock } from '#harness/kernel/clock.ts';

import type { InferenceRuntime, ModelDeployment } from './inference.ts';
import type { LogWriter } from './log-writer.ts';
import type { DeviceClock, DutIdentity, LinkCounters } from './records/run-record.ts';

/** What one inference gave. */
export interface InferenceAnswer {
  /** The model's output, `outputLength` values; the caller's own. */
  readonly output: Float32Array;
  /** Duration by the device's own timer in nanoseconds, where it has one. */
  readonly deviceDurationNs?: number;
  /**
   * Run-clock instant at which the last byte of the answer had arrived, before anything was parsed; absent where the
   * driver cannot tell it from the return of the call.
   */
  readonly completedAtNs?: number;
  /** Token by token answers: their tokens, and the run-clock instant of the first. */
  readonly tokens?: {
    readonly ids: readonly number[];
    readonly firstTokenAtNs: number;
    /** The first token as the device reported it when it came, before the answer was complete. */
    readonly firstId?: number;
    /** How many tokens the device says that the answer has. */
    readonly reportedCount?: number;
  };
}

/** Many inferences of the loaded sample in one go, timed at both ends. */
export interface InferenceWindow {
  readonly inferenceCount: number;
  /** Run-clock instants of the two edges, stamped as their messages arrived. */
  readonly startedAtNs: number;
  readonly endedAtNs: number;
  /** Duration by the device's own timer in nanoseconds, where it has one. */
  readonly deviceDurationNs?: number;
}

/** One value that a device measured about itself. */
export interface DeviceReading {
  /** Run-clock instant, by the device's clock and the measured offset where there is one, else of arrival. */
  readonly atNs: number;
  /** As the device names it: `package`, `vdd-core`. */
  readonly channel: string;
  readonly unit: DeviceUnit;
  readonly value: number;
}

/** SI units, spelled out. */
export type DeviceUnit =
  | 'none'
  | 'watts'
  | 'volts'
  | 'amperes'
  | 'celsius'
  | 'hertz'
  | 'joules'
  | 'percent'
  | 'bytes'
  | 'rpm';

/** What a device that listens by itself is played. */
export interface StreamRequest {
  /** As the player on the bench names the file. */
  readonly audioFile: string;
  /** Length of the audio. */
  readonly durationMs: number;
}

/** What the bench recorded while a device listened. */
export interface StreamAnswer {
  /** Run-clock instants: listening was confirmed, and was asked to end. In between the device works all the time. */
  readonly startedAtNs: number;
  readonly endedAtNs: number;
  /** Run-clock instants at which the player said that the file begins and that it was played. */
  readonly playStartedAtNs: number;
  readonly playEndedAtNs: number;
  /** Seconds of audio that the player plays in a second: 1, but on simulated benches. */
  readonly audioSpeed: number;
  /** Pulses of the detection pin by the recorder's clock, ascending; the first marks the start of the audio. */
  readonly detectionsMs: readonly number[];
  /** When the device began and ended to process a frame, by the recorder's clock, of the first frames. */
  readonly frameStartsNs: readonly number[];
  readonly frameStopsNs: readonly number[];
  /** The last outputs for the wake word as the model gave them, int8; empty where the firmware tells none. */
  readonly activations: readonly number[];
}

/** What a driver gets from the harness. */
export interface DutContext {
  readonly boardId: string;
  readonly clock: Clock;
  readonly inference: InferenceRuntime;
  readonly log: LogWriter;
  /** The model of the run's suite; serial boards compare its name, the host loads it. Absent for recovery and doctor. */
  readonly deployment?: ModelDeployment;
  /** Where a device's own telemetry goes; absent where nobody listens. Never called inside a query's hot path. */
  readonly onReading?: (reading: DeviceReading) => void;
}

/** Devices that work on several samples at once, as a server does. */
export interface ConcurrentInference {
  /** Calls that may be under way at once, 1 to 1024. */
  readonly inFlightCountMax: number;
  /** Samples that one call may carry; 1 where the device does not batch. */
  readonly batchSizeMax: number;
  /**
   * Sends the samples and waits for their answers, in the order of the samples. May be called again before it ends.
   *
   * @throws LabError as `infer`
   */
  readonly infer: (
    samples: readonly Uint8Array[],
    signal: AbortSignal,
  ) => Promise<readonly InferenceAnswer[]>;
}

/**
 * The port to a device under test. One caller, one call at a time. Every call ends by the signal's abort at the
 * latest; a hanging board ends as LabError dut/timeout, never as silence.
 */
export interface Dut extends AsyncDisposable {
  /**
   * Who is there. Checks that it is a device of this driver's kind before anything else.
   *
   * @throws LabError dut/no-answer, dut/wrong-baud, dut/echo, dut/wrong-firmware-mode, dut/timeout
   */
  readonly identify: (signal: AbortSignal) => Promise<DutIdentity>;
  /**
   * Waits until the board has booted after a deploy; at once for devices that do not boot.
   *
   * @throws LabError dut/timeout
   */
  readonly awaitBoot: (signal: AbortSignal) => Promise<void>;
  /**
   * Puts one encoded sample on the device, verified: after it returns the device holds exactly these bytes.
   *
   * @throws LabError dut/load-failed after the allowed retries, dut/sample-too-large, dut/rebooted, serial/unplugged
   */
  readonly load: (sample: Uint8Array, signal: AbortSignal) => Promise<void>;
  /** One inference of the loaded sample. @throws LabError dut/timeout, dut/rebooted, dut/garbled-reply, serial/unplugged */
  readonly infer: (signal: AbortSignal) => Promise<InferenceAnswer>;
  /** `inferenceCount` inferences of the loaded sample, back to back on the device. */
  readonly inferWindow: (inferenceCount: number, signal: AbortSignal) => Promise<InferenceWindow>;
  /** What happened on the link so far. */
  readonly counters: () => LinkCounters;
  /**
   * Puts the model of the run on the device through the driver itself, by hash: nothing is sent when it is there.
   * Absent where a deploy recipe does it.
   *
   * @throws LabError dut/deploy-failed, dut/timeout
   */
  readonly deploy?: (signal: AbortSignal) => Promise<void>;
  /** Absent where the device does one thing at a time. `load` and `infer` work all the same. */
  readonly concurrent?: ConcurrentInference;
  /**
   * Plays a file to the device while it listens by itself, and reads what the bench recorded. Absent where the device
   * takes samples; where it is there, `load`, `infer` and `inferWindow` may refuse with dut/unsupported.
   *
   * @throws LabError dut/play-failed, dut/edge-missing, dut/rebooted, dut/garbled-reply, dut/timeout, serial/unplugged
   */
  readonly stream?: (request: StreamRequest, signal: AbortSignal) => Promise<StreamAnswer>;
  /** How the device's clock relates to the run clock, as measured so far; undefined before `identify`. */
  readonly deviceClock?: () => DeviceClock | undefined;
  /** Brings the device to its safe state and checks that it is there. Always called at the end of a run. */
  readonly release: (signal: AbortSignal) => Promise<void>;
}
