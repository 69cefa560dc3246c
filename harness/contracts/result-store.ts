import type { ErrorRecord } from './error-record.ts';
import type { AuditId } from './records/audit-record.ts';
import type { BoardSummary, Job, RunSummary } from './records/job-record.ts';
import type { LoadOverrides } from './records/load-settings.ts';
import type { Mode, Scenario } from './records/run-record.ts';
import type { RunOutcome } from './run-event.ts';

/** Who owns open runs: one start of one daemon. */
export interface DaemonIdentity {
  /** Random per start of the daemon. */
  readonly bootId: string;
  readonly pid: number;
}

/** A job with every default filled in. */
export interface NewJob {
  readonly jobId: string;
  readonly suiteId: string;
  readonly boardId: string;
  readonly scenario: Scenario;
  readonly mode: Mode;
  readonly seed: number;
  readonly audit?: AuditId;
  readonly load?: LoadOverrides;
  readonly submittedAtMs: number;
}

/** A lease that was granted: this run, this board, this fence, until then. */
export interface Claim {
  readonly job: Job;
  readonly run: RunSummary;
  readonly fence: number;
  readonly leaseUntilMs: number;
}

/** An open run as recovery finds it. */
export interface OpenRun {
  readonly run: RunSummary;
  readonly bootId: string;
  readonly childPid: number | null;
  /** Start time of the child in clock ticks (`/proc/<pid>/stat` field 22), so that a reused pid is not killed. */
  readonly childStartTicks: number | null;
}

/** One entry of the audit trail. */
export interface AuditEntry {
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * The truth of one lab. Every call is one transaction; no hardware is touched inside. Writes of a run name their
 * fence: a stale one changes nothing and answers false.
 */
export interface ResultStore extends AsyncDisposable {
  readonly submitJob: (job: NewJob) => Job;
  readonly job: (jobId: string) => Job | undefined;
  /** Newest first. */
  readonly jobs: (filter?: { readonly state?: Job['state']; readonly limit?: number }) => Job[];
  /** Queued jobs in the order in which they will be tried: oldest first. */
  readonly queue: () => Job[];
  /** True when it was queued and is cancelled now. An active job is cancelled through its run. */
  readonly cancelQueuedJob: (jobId: string, atMs: number) => boolean;
  /**
   * Leases the job's board and opens a run, all or nothing: the board must be free, the job queued.
   *
   * @returns undefined when another took the board or the job first
   */
  readonly claim: (request: {
    readonly jobId: string;
    readonly runId: string;
    readonly bundlePath: string;
    readonly owner: DaemonIdentity;
    readonly nowMs: number;
    readonly leaseMs: number;
  }) => Claim | undefined;
  readonly renewLease: (runId: string, fence: number, untilMs: number) => boolean;
  readonly recordChild: (
    runId: string,
    fence: number,
    child: { readonly pid: number; readonly startTicks: number | null },
  ) => boolean;
  readonly recordPhase: (runId: string, fence: number, phase: string) => boolean;
  /**
   * Ends the run, frees or marks the board, and moves the job on, in one transaction.
   *
   * @param requeue - true: the job is queued again for another attempt; false: it is done (or cancelled when aborted)
   */
  readonly endRun: (request: {
    readonly runId: string;
    readonly fence: number;
    readonly outcome: RunOutcome;
    readonly requeue: boolean;
    readonly atMs: number;
  }) => boolean;
  readonly run: (runId: string) => RunSummary | undefined;
  /** Newest first. */
  readonly runs: (filter?: {
    readonly boardId?: string;
    readonly jobId?: string;
    readonly limit?: number;
  }) => RunSummary[];
  /** Runs without an end, of any daemon start. */
  readonly openRuns: () => OpenRun[];
  /** Makes the boards of the configuration known; those that are gone keep their history. */
  readonly syncBoards: (
    boards: readonly Pick<
      BoardSummary,
      'boardId' | 'name' | 'maker' | 'stationId' | 'driver' | 'powerMeterId'
    >[],
  ) => void;
  /** Those of the configuration, in its order. */
  readonly boards: () => BoardSummary[];
  /**
   * Moves a board outside of a claim and of the end of a run. A board with an open run cannot be made free.
   *
   * @param lastError - why; left out, the board keeps the error that it has
   */
  readonly setBoardState: (
    boardId: string,
    state: BoardSummary['state'],
    lastError?: ErrorRecord | null,
  ) => void;
  /** Counts one climb of a rung of the recovery ladder. */
  readonly countRecovery: (
    step: { readonly boardId: string; readonly rung: string; readonly helped: boolean },
    atMs: number,
  ) => void;
  readonly appendAudit: (entry: AuditEntry) => void;
  /** Newest first. */
  readonly audit: (limit: number) => AuditEntry[];
}
