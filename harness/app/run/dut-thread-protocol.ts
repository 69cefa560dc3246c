import type { MessagePort } from 'node:worker_threads';

import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import type {
  DutIdentity,
  LinkCounters,
  RunSettings,
} from '#harness/contracts/records/run-record.ts';

/** How a performance load ended. */
export interface LoadOutcome {
  /** `raw/queries.bin`, ready to be written. */
  readonly queryFile: Uint8Array;
  readonly completedCount: number;
  readonly endedBy: string;
  readonly error: ErrorRecord | null;
}

/** What the thread that owns the device under test can be asked. */
export interface DutThreadCalls {
  identify: { argument: null; result: DutIdentity };
  awaitBoot: { argument: null; result: null };
  /** Loads one sample, infers once, and gives the output. */
  answer: { argument: { readonly sampleIndex: number }; result: readonly number[] };
  /** Every sample that is not done yet, once; each answer is sent as a `sample` message on the way. */
  accuracy: {
    argument: { readonly settings: RunSettings; readonly doneIndices: readonly number[] };
    result: null;
  };
  load: { argument: { readonly settings: RunSettings }; result: LoadOutcome };
  window: {
    argument: { readonly sampleIndex: number; readonly inferenceCount: number };
    result: InferenceWindow;
  };
  counters: { argument: null; result: LinkCounters };
  release: { argument: null; result: null };
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
