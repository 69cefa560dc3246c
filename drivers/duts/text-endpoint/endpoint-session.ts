import type { DutContext } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { TextDeployment } from '#harness/contracts/inference.ts';
import { isDeadline, withDeadline } from '#harness/kernel/deadline.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import type { HttpClient } from '../../transports/http/http-client.ts';
import type { AnswerNotes } from './answer-notes.ts';
import type { TokenCounter } from './answer-tokens.ts';
import type { StatedClass } from './stated-class.ts';
import type { TextEndpointSettings } from './text-endpoint-config.ts';
import type { TokenAnswer } from './token-answer.ts';

/** What asking needs beside the connection: made once, of the suite's model. */
export interface TextTools {
  readonly text: TextDeployment;
  readonly outputLength: number;
  readonly count: TokenCounter;
  readonly statedClass: StatedClass;
}

/** One opened endpoint. */
export interface EndpointSession {
  readonly client: HttpClient;
  readonly settings: TextEndpointSettings;
  readonly context: DutContext;
  readonly notes: AnswerNotes;
  /** Answers whose tokens were not yet compared with the server's count. */
  readonly unchecked: TokenAnswer[];
  /** As served and as asked for; the configured or the suite's name until `identify` found another. */
  servedModel: string | undefined;
  tools: TextTools | undefined;
  /** The request of the loaded sample. */
  loadedBody: Uint8Array | undefined;
  malformedCount: number;
}

/** Compares the counts of the answers so far; called where no query is under way. */
export function checkCounts({ unchecked, notes }: EndpointSession): void {
  for (const answer of unchecked.splice(0)) {
    const difference = answer.difference();
    if (difference !== undefined) notes.add('usage-differs', difference);
  }
}

/** Work that ends at the caller's signal or after `timeoutMs`, whichever is first; a deadline becomes dut/timeout. */
export async function timed<T>(
  { context: { boardId }, settings: { url } }: EndpointSession,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = withDeadline(limits.timeoutMs, limits.signal);
  try {
    signal.throwIfAborted();
    return await work(signal);
  } catch (error) {
    if (!signal.aborted || error instanceof LabError) throw error;
    if (!isDeadline(signal.reason)) throw signal.reason;
    throw labError('dut/timeout', `${url} (board ${boardId}) did not answer in time`, {
      details: { boardId, url, timeoutMs: limits.timeoutMs },
      cause: signal.reason,
    });
  }
}
