import type { ModelDeployment } from '#harness/contracts/inference.ts';

/** How the thread that infers works. */
export interface InferenceSettings {
  /** Threads of the library for one inference. */
  readonly threadCount: number;
  /** The preferred first. */
  readonly executionProviders: readonly string[];
}

/** What the thread is started with. */
export interface InferenceThreadStart {
  readonly settings: InferenceSettings;
  /** Two u32: inferences done of the request at work, and 1 when it is to stop. */
  readonly shared: SharedArrayBuffer;
}

/** Index in the shared words: inferences done so far. */
export const doneSlot = 0;
/** Index in the shared words: not 0 when the work is to end after the inference under way. */
export const stopSlot = 1;

/** Sent to the thread; one at a time, each is answered. */
export type InferenceRequest =
  | { readonly do: 'open'; readonly deployment: ModelDeployment }
  | { readonly do: 'close' }
  | { readonly do: 'infer'; readonly sample: Uint8Array; readonly inferenceCount: number };

/** Back to back inferences, timed right around their calls by CLOCK_MONOTONIC in nanoseconds. */
export interface TimedAnswer {
  readonly startTicks: bigint;
  readonly endTicks: bigint;
  readonly inferenceCount: number;
  /** The last answer. */
  readonly output: Float32Array;
}

/** What the thread says: first `ready` or `failed`, then one for each request. */
export type InferenceReply =
  | { readonly type: 'ready'; readonly version: string }
  | { readonly type: 'done' }
  | { readonly type: 'answered'; readonly answer: TimedAnswer }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly code: string; readonly words: string };
