import type { InputElement } from './inference.ts';
import type { OrderKind, Selection } from './records/load-settings.ts';

/**
 * A function that a pool worker calls: a named export of a module. The worker imports the module by its URL, so it
 * must be importable alone and its argument and result must survive structured cloning.
 */
export interface PoolFunction {
  /** `import.meta.resolve('./encode.ts')` */
  readonly moduleUrl: string;
  readonly exportName: string;
}

/**
 * Encoded samples of an evaluation set and their labels.
 * `bytes` holds `sampleCount` samples one after the other; `labels` one class number each.
 */
export interface EncodedSamples {
  readonly bytes: Uint8Array;
  readonly labels: Uint8Array;
}

/** What is known of the answers of a model that answers in tokens. */
export interface TokenAnswers {
  /** The token that ends an answer; absent when the model has none. */
  readonly endTokenId?: number;
  /** Mean length of the right answers to the performance samples; needed by the audit of the output length. */
  readonly referenceMeanTokens?: number;
}

/** Of suites whose models are served and answer in text. There is no model file then: `model.file` is the tokenizer. */
export interface TextTask {
  readonly maxTokens: number;
}

/**
 * Of suites whose devices listen to a stream by themselves: the audio lies at the bench, the words in it are the
 * samples of the data set, `streamWordByteCount` bytes each: start and end in milliseconds, two u32, little-endian.
 */
export interface StreamTask {
  /** As the player of the bench names it. */
  readonly audioFile: string;
  readonly durationMs: number;
  readonly falsePositiveCountMax: number;
  readonly falseNegativeCountMax: number;
  /**
   * Until so long after its end a detection counts for a word. Default 2000, as the code of the field's public runner
   * does it; its README says 1000.
   */
  readonly toleranceMs?: number;
}

/** Bytes of one word of a stream in its data set. */
export const streamWordByteCount = 8;

/** A task: model, data set, metric, limits, and how it is measured. A value, versioned, listed in lab.config.ts. */
export interface Suite {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** The name of the model on the wire of serial boards. */
  readonly boardModel: string;
  readonly model: {
    /** Relative to the folder of lab.config.ts, or absolute. */
    readonly file: string;
    readonly sha256: string;
    readonly architecture: string;
    readonly inputElement: InputElement;
    readonly inputShape: readonly number[];
    readonly outputLength: number;
  };
  readonly dataset: {
    readonly id: string;
    readonly version: string;
    /** Samples of the evaluation set. */
    readonly sampleCount: number;
    /** Names of the classes, by class number. */
    readonly classNames: readonly string[];
    /** SHA-256 over the encoded bytes of the whole evaluation set followed by its labels (one byte each). */
    readonly sha256: string;
    /**
     * Makes samples `first` to `first + count - 1`: a pool function from `{ first, count }` to `EncodedSamples`;
     * or a file made by somebody else, in exactly the hashed layout.
     */
    readonly source:
      | { readonly kind: 'generated'; readonly encode: PoolFunction }
      | { readonly kind: 'file'; readonly path: string };
  };
  readonly accuracy: { readonly metric: 'top-1'; readonly atLeast: number };
  /** Only of models that answer in tokens. */
  readonly tokens?: TokenAnswers;
  /** Only of models that answer in text: the host has no reference of its own to compare the board with. */
  readonly text?: TextTask;
  /** Only of models that listen to a stream by themselves; then nothing of `performance` is used. */
  readonly stream?: StreamTask;
  readonly performance: {
    readonly minDurationMs: number;
    readonly minQueryCount: number;
    readonly maxDurationMs: number;
    readonly queryDeadlineMs: number;
    readonly percentile: number;
    readonly windowCount: number;
    readonly minWindowMs: number;
    /** Distinct samples used for performance, the first of the data set. */
    readonly sampleCount: number;
    /** Generator of sample order and schedule; default `portable`. */
    readonly order?: OrderKind;
    /** Default `normal`. */
    readonly selection?: Selection;
    /** Absent: 8 samples a query. */
    readonly multiStream?: { readonly samplesPerQuery: number };
    /** Absent: a job must state a latency limit to run the server scenario. */
    readonly server?: {
      /** Limit of the percentile (p99), counted from the scheduled instant. */
      readonly targetLatencyMs: number;
      /** Arrivals per second; a job may set others. */
      readonly targetQps?: number;
      /** For models that answer in tokens: these limits replace the one above. */
      readonly ttftTargetMs?: number;
      readonly tpotTargetMs?: number;
    };
  };
}

/** States a suite; here only so that its type is checked where it is written. */
export function defineSuite(suite: Suite): Suite {
  return suite;
}

/** Bytes of one encoded sample: one byte per element of the input shape; of a stream, those of one word. */
export function sampleByteCount(suite: Suite): number {
  if (suite.stream !== undefined) return streamWordByteCount;
  return suite.model.inputShape.reduce((product, size) => product * size, 1);
}

/** Whether the host can run the suite's model itself, to compare a board's answers with. */
export function hasHostReference(suite: Suite): boolean {
  return suite.text === undefined && suite.stream === undefined;
}
