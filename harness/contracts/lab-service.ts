import type { LabEvent } from './lab-event.ts';
import type {
  BoardSummary,
  Job,
  JobRequest,
  RunSummary,
  WaitingReason,
} from './records/job-record.ts';

/** A queued job with the reason why it waits. */
export interface QueuedJob {
  readonly job: Job;
  readonly waiting: WaitingReason;
}

/** One suite as a client may choose it. */
export interface SuiteSummary {
  readonly suiteId: string;
  readonly version: string;
  readonly title: string;
}

/** What HTTP, console and CLI may do with the lab. Implemented by `stations`, wired by `app`. */
export interface LabService {
  readonly labInfo: () => {
    readonly labId: string;
    readonly name: string;
    readonly version: string;
    readonly startedAtMs: number;
  };
  /** @throws LabError job/invalid, suite/unknown, board/unknown */
  readonly submit: (request: JobRequest, actor: string) => Job;
  /** @throws LabError job/not-found, job/not-cancellable */
  readonly cancel: (jobId: string, actor: string) => Job;
  readonly job: (jobId: string) => Job | undefined;
  readonly jobs: (limit: number) => Job[];
  readonly queue: () => QueuedJob[];
  readonly runs: (filter: { readonly boardId?: string; readonly limit: number }) => RunSummary[];
  readonly run: (runId: string) => RunSummary | undefined;
  readonly boards: () => BoardSummary[];
  readonly suites: () => SuiteSummary[];
  /**
   * Calls back for every event from now on.
   *
   * @returns the function that ends it
   */
  readonly watch: (listener: (event: LabEvent) => void) => () => void;
}
