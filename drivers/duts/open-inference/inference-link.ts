import type { InferReply } from './infer-reply.ts';
import type { InferencePlan } from './inference-plan.ts';
import type { ModelMetadata, ServerMetadata } from './model-metadata.ts';

/** A request that is ready to be sent. */
export interface PreparedRequest {
  readonly sampleCount: number;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer as it came, not parsed yet. */
export interface CompletedAnswer {
  /** Run-clock instant when the last byte had arrived. */
  readonly completedAtNs: number;
  /** @throws LabError network/malformed-answer */
  readonly parse: () => InferReply;
}

/** What has gone over the link. */
export interface InferenceLinkCounters {
  readonly requestCount: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** One model on one server, whatever the protocol. Every call ends by the signal and throws network errors. */
export interface InferenceLink extends AsyncDisposable {
  /** Whether the server is live and ready. */
  readonly isReady: (signal: AbortSignal) => Promise<boolean>;
  readonly isModelReady: (signal: AbortSignal) => Promise<boolean>;
  readonly serverMetadata: (signal: AbortSignal) => Promise<ServerMetadata>;
  /** Undefined: the server has no such model. */
  readonly modelMetadata: (signal: AbortSignal) => Promise<ModelMetadata | undefined>;
  /** Opens every connection. */
  readonly warm: (signal: AbortSignal) => Promise<void>;
  /** Opens one where none stands any more. */
  readonly revive: (signal: AbortSignal) => Promise<void>;
  readonly prepare: (plan: InferencePlan, samples: readonly Uint8Array[]) => PreparedRequest;
  readonly infer: (request: PreparedRequest, signal: AbortSignal) => Promise<CompletedAnswer>;
  readonly counters: () => InferenceLinkCounters;
}
