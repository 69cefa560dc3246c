import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { isErrorCode, labError } from '#harness/contracts/error-catalogue.ts';
import { LabEventSchema, type LabEvent } from '#harness/contracts/lab-event.ts';
import {
  BoardsAnswerSchema,
  ProblemSchema,
  QueueAnswerSchema,
  RunsAnswerSchema,
  SuitesAnswerSchema,
} from '#harness/contracts/records/http-answer.ts';
import {
  JobSchema,
  RunSummarySchema,
  type Job,
  type JobRequest,
  type RunSummary,
} from '#harness/contracts/records/job-record.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import { DaemonRefusal } from './daemon-refusal.ts';
import { createEventFrameReader } from './event-frames.ts';

const requestTimeoutMs = 10_000;
const reportTimeoutMs = 120_000;
const eventSilenceMaxMs = 45_000;

/** An event of the lab with its id; `open` says that every event from now on comes, `resync` that some were missed. */
export type StreamedEvent =
  | { readonly type: 'open' }
  | { readonly type: 'event'; readonly id: string; readonly event: LabEvent }
  | { readonly type: 'resync'; readonly id: string };

/** The daemon as commands use it. Every call throws LabError daemon/unreachable when none answers in time. */
export interface DaemonClient {
  readonly boards: () => Promise<Static<typeof BoardsAnswerSchema>['boards']>;
  readonly suites: () => Promise<Static<typeof SuitesAnswerSchema>['suites']>;
  readonly queue: () => Promise<Static<typeof QueueAnswerSchema>['queue']>;
  readonly runs: (filter: {
    readonly boardId?: string;
    readonly limit: number;
  }) => Promise<RunSummary[]>;
  readonly run: (runId: string) => Promise<RunSummary>;
  readonly job: (jobId: string) => Promise<Job>;
  readonly submit: (request: JobRequest) => Promise<Job>;
  readonly cancel: (jobId: string) => Promise<Job>;
  /** The bytes of the report. */
  readonly report: (runId: string) => Promise<Uint8Array>;
  /**
   * Events as they happen, over one connection: ends when the daemon hangs up.
   *
   * @throws LabError daemon/unreachable also when the connection breaks or stays silent for 45 s
   */
  readonly events: (
    lastEventId: string | undefined,
    signal: AbortSignal,
  ) => AsyncGenerator<StreamedEvent, void, undefined>;
}

/** The refusal in an answer, with the daemon's own code and remedy. */
async function refusal(url: string, answer: Response): Promise<Error> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (!Value.Check(ProblemSchema, body)) return foreignAnswer(url, `HTTP ${answer.status}`);
  if (isErrorCode(body.code)) return labError(body.code, body.detail, { details: body.details });
  return new DaemonRefusal(body);
}

function foreignAnswer(url: string, what: string): Error {
  return labError('daemon/foreign-answer', `${url} answered with ${what}`);
}

function unreachable(url: string, cause: unknown): Error {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = reason instanceof Error ? `: ${reason.message}` : '';
  return labError('daemon/unreachable', `no daemon answers at ${url}${why}`, { cause });
}

async function send(url: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  let answer: Response;
  try {
    // oxlint-disable-next-line no-restricted-globals -- the one place where commands speak HTTP
    answer = await fetch(url, init);
  } catch (cause) {
    throw unreachable(url, cause);
  }
  if (!answer.ok) throw await refusal(url, answer);
  return answer;
}

async function askJson<Schema extends TSchema>(
  url: string,
  schema: Schema,
  init: RequestInit = {},
): Promise<Static<Schema>> {
  const answer = await send(url, { ...init, signal: withDeadline(requestTimeoutMs) });
  const body: unknown = await answer.json().catch(() => undefined);
  if (!Value.Check(schema, body)) throw foreignAnswer(url, 'something else than expected');
  return body;
}

function streamedEvent(
  url: string,
  frame: { type: string; id: string; data: string },
): StreamedEvent {
  if (frame.type === 'resync') return { type: 'resync', id: frame.id };
  const event: unknown = JSON.parse(frame.data);
  if (!Value.Check(LabEventSchema, event)) throw foreignAnswer(url, 'an unknown event');
  return { type: 'event', id: frame.id, event };
}

async function* streamEvents(
  url: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent, void, undefined> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const connected = new AbortController();
  const answer = await raceSignal(
    send(url, { headers, signal: AbortSignal.any([signal, connected.signal]) }),
    withDeadline(requestTimeoutMs, signal),
  ).catch((thrown: unknown) => {
    connected.abort();
    signal.throwIfAborted();
    throw thrown instanceof DOMException ? unreachable(url, thrown) : thrown;
  });
  if (answer.body === null) throw foreignAnswer(url, 'no events');
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const frames = createEventFrameReader();
  try {
    yield { type: 'open' };
    for (;;) {
      const chunk = await raceSignal(reader.read(), withDeadline(eventSilenceMaxMs, signal)).catch(
        (thrown: unknown) => {
          signal.throwIfAborted();
          throw unreachable(url, thrown);
        },
      );
      if (chunk.done) return;
      for (const frame of frames.push(chunk.value)) yield streamedEvent(url, frame);
    }
  } finally {
    connected.abort();
  }
}

/**
 * A client of one daemon.
 *
 * @param baseUrl - `http://127.0.0.1:4610`, without a path
 */
export function createDaemonClient(baseUrl: string): DaemonClient {
  const at = (path: string): string => `${baseUrl}${path}`;
  const id = encodeURIComponent;
  return {
    boards: async () => (await askJson(at('/api/boards'), BoardsAnswerSchema)).boards,
    suites: async () => (await askJson(at('/api/suites'), SuitesAnswerSchema)).suites,
    queue: async () => (await askJson(at('/api/queue'), QueueAnswerSchema)).queue,
    runs: async ({ boardId, limit }) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (boardId !== undefined) query.set('boardId', boardId);
      return (await askJson(at(`/api/runs?${query.toString()}`), RunsAnswerSchema)).runs;
    },
    run: (runId) => askJson(at(`/api/runs/${id(runId)}`), RunSummarySchema),
    job: (jobId) => askJson(at(`/api/jobs/${id(jobId)}`), JobSchema),
    submit: (request) =>
      askJson(at('/api/jobs'), JobSchema, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      }),
    cancel: (jobId) => askJson(at(`/api/jobs/${id(jobId)}/cancel`), JobSchema, { method: 'POST' }),
    report: async (runId) => {
      const signal = withDeadline(reportTimeoutMs);
      const url = at(`/api/runs/${id(runId)}/report`);
      const answer = await send(url, { signal });
      try {
        return await answer.bytes();
      } catch (cause) {
        throw unreachable(url, cause);
      }
    },
    events: (lastEventId, signal) => streamEvents(at('/api/events'), lastEventId, signal),
  };
}
