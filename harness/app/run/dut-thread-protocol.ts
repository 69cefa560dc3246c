import type { MessagePort } from 'node:worker_threads';

import type {
  DeviceReading,
  InferenceWindow,
  StreamAnswer,
  StreamRequest,
} from '#harness/contracts/dut.ts';
import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import type {
  DeviceClock,
  DutIdentity,
  LinkCounters,
  RunSettings,
} from '#harness/contracts/records/run-record.ts';
import type { LegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import type { LoadEnd } from '#harness/loadgen/load-end.ts';
import type { RowRingStatistics } from '#harness/loadgen/row-ring-writer.ts';
import type { RowRing } from '#harness/loadgen/row-ring.ts';

import type { LoadBridge } from '../load/load-bridge.ts';

/** How a performance load ended. */
export interface LoadOutcome {
  readonly endedBy: LoadEnd['endedBy'];
  readonly doneCount: number;
  /** Rows that were added, and whether the disk held the load up. */
  readonly rows: RowRingStatistics;
  /** Those that the settings asked to keep. */
  readonly answers: readonly LegAnswer[];
  readonly error: ErrorRecord | null;
}

/** How the device side of a load that another thread issued went. */
export interface ServedLoad {
  /** A call did not end in time; the device was not asked again. */
  readonly hung: boolean;
  readonly answers: readonly LegAnswer[];
}

/** What the thread that owns the device under test can be asked. */
export interface DutThreadCalls {
  identify: { argument: null; result: DutIdentity };
  awaitBoot: { argument: null; result: null };
  /** Loads one sample, infers once, and gives the output. */
  answer: {
    argument: { readonly sampleIndex: number };
    result: { readonly output: readonly number[]; readonly hasDetails: boolean };
  };
  /** Every sample that is not done yet, once; each answer is sent as a `sample` message on the way. */
  accuracy: {
    argument: { readonly settings: RunSettings; readonly doneIndices: readonly number[] };
    result: null;
  };
  /** A load issued by this thread; its rows go into the ring, which another thread writes. */
  load: {
    argument: { readonly settings: RunSettings; readonly rows: RowRing };
    result: LoadOutcome;
  };
  /** The device side of a load issued by another thread, until its bridge is ended. */
  serve: {
    argument: { readonly settings: RunSettings; readonly bridge: LoadBridge };
    result: ServedLoad;
  };
  window: {
    argument: { readonly sampleIndex: number; readonly inferenceCount: number };
    result: InferenceWindow;
  };
  /** Plays a file while the device listens; only of devices that do. */
  stream: { argument: StreamRequest; result: StreamAnswer };
  counters: { argument: null; result: LinkCounters };
  /** Through the driver's own `deploy`; false when it has none. */
  deploy: { argument: null; result: boolean };
  /** How the device's clock relates to the run clock, where it has one. */
  deviceClock: { argument: null; result: DeviceClock | null };
  release: { argument: null; result: null };
  /** Closes the device without releasing it; nothing can be asked any more. */
  close: { argument: null; result: null };
}

export type DutCallName = keyof DutThreadCalls;

/** Sent to the thread; the answer comes through the port, on which any message back means: abort. */
export interface DutThreadRequest<Name extends DutCallName = DutCallName> {
  readonly name: Name;
  readonly argument: DutThreadCalls[Name]['argument'];
  readonly port: MessagePort;
}

/** What comes through the port of one call; `done` or `failed` is the last. */
export type DutThreadReply<Name extends DutCallName> =
  | { readonly type: 'done'; readonly value: DutThreadCalls[Name]['result'] }
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | { readonly type: 'sample'; readonly sampleIndex: number; readonly output: readonly number[] }
  | {
      readonly type: 'progress';
      readonly step: string;
      readonly doneCount: number;
      readonly totalCount: number;
      readonly note: string;
    };

/** What the thread says by itself. */
export type DutThreadNotice =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'reading'; readonly reading: DeviceReading }
  | { readonly type: 'broken'; readonly error: ErrorRecord };

/** What the thread is started with; everything else it reads from the configuration. */
export interface DutThreadStart {
  readonly configPath: string;
  readonly boardId: string;
  readonly suiteId: string;
  /** `process.hrtime.bigint()` at instant 0 of the run clock, as a decimal. */
  readonly originNs: string;
  /** The encoded evaluation set, shared. */
  readonly samples: SharedArrayBuffer;
  readonly sampleByteCount: number;
}
