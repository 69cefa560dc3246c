import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabEvent } from '#harness/contracts/lab-event.ts';
import type { LabService, QueuedJob, SuiteSummary } from '#harness/contracts/lab-service.ts';
import type {
  BoardSummary,
  Job,
  JobRequest,
  RunSummary,
} from '#harness/contracts/records/job-record.ts';

import { exampleBoard, exampleJob, exampleRun } from './example-records.ts';

/** A lab in memory, for tests of HTTP, console and CLI: jobs wait until the test moves them. */
export interface MemoryLab {
  readonly service: LabService;
  readonly emit: (event: LabEvent) => void;
  readonly putRun: (run: RunSummary) => void;
  readonly putJob: (job: Job) => void;
  /** How many watchers there are. */
  readonly watcherCount: () => number;
  /** Who called `submit` and `cancel`, in order. */
  readonly actors: string[];
  /** Starts a queued job: a run, its phases and some progress. */
  readonly startJob: (jobId: string) => RunSummary;
  /** Ends the run and its job with this result. */
  readonly endRun: (run: RunSummary) => void;
}

const suites: readonly SuiteSummary[] = [
  { suiteId: 'keyword-spotting', version: '1.0.0', title: 'Keyword spotting, 12 words' },
  { suiteId: 'image-classification', version: '1.0.0', title: 'Image classification, 10 shapes' },
];

const boards: readonly BoardSummary[] = [
  exampleBoard({}),
  exampleBoard({
    boardId: 'this-host',
    name: 'This host <b>"&\'',
    maker: 'Example Computers',
    driver: 'dut/host-onnx',
    powerMeterId: null,
  }),
];

/** Refuses what the lab does not have, as the real service does. */
function checkRequest(request: JobRequest): void {
  if (!suites.some(({ suiteId }) => suiteId === request.suiteId)) {
    throw labError('suite/unknown', `there is no suite '${request.suiteId}'`);
  }
  if (!boards.some(({ boardId }) => boardId === request.boardId)) {
    throw labError('board/unknown', `there is no board '${request.boardId}'`);
  }
  if (request.scenario === 'server' && request.load?.targetQps === undefined) {
    throw labError('job/contradictory', `suite ${request.suiteId} names no arrival rate`);
  }
}

/** What the lab holds. */
interface Holdings {
  readonly jobs: Map<string, Job>;
  readonly runs: Map<string, RunSummary>;
  readonly watchers: Set<(event: LabEvent) => void>;
  readonly actors: string[];
  readonly emit: (event: LabEvent) => void;
}

const newestFirst = <T>(map: ReadonlyMap<string, T>): T[] => [...map.values()].toReversed();

function knownJob({ jobs }: Holdings, jobId: string): Job {
  const job = jobs.get(jobId);
  if (job === undefined) throw labError('job/not-found', `there is no job '${jobId}'`);
  return job;
}

function putJob({ jobs, emit }: Holdings, job: Job): Job {
  jobs.set(job.jobId, job);
  emit({ type: 'job', job });
  return job;
}

function putRun({ runs, emit }: Holdings, run: RunSummary): RunSummary {
  runs.set(run.runId, run);
  emit({ type: 'run', run });
  return run;
}

function submit(holdings: Holdings, request: JobRequest): Job {
  checkRequest(request);
  const jobId = `job-demo-${String(holdings.jobs.size + 1).padStart(4, '0')}`;
  return putJob(holdings, exampleJob({ ...request, jobId }));
}

function cancel(holdings: Holdings, jobId: string): Job {
  const job = knownJob(holdings, jobId);
  if (job.state === 'done' || job.state === 'cancelled') {
    throw labError('job/not-cancellable', `job ${jobId} is ${job.state}`);
  }
  return putJob(holdings, { ...job, state: 'cancelled', endedAtMs: 1.8e12, verdict: 'aborted' });
}

function queue({ jobs }: Holdings): QueuedJob[] {
  const queued = [...jobs.values()].filter(({ state }) => state === 'queued');
  return queued.map((job, index) => {
    const sentence = `Board ${job.boardId} runs another job.`;
    return { job, waiting: { code: 'board-busy', sentence, position: index + 1 } };
  });
}

function boardNow({ runs }: Holdings, board: BoardSummary): BoardSummary {
  const open = newestFirst(runs).find(
    (run) => run.boardId === board.boardId && run.outcome === 'open',
  );
  return open === undefined ? board : { ...board, state: 'leased', runId: open.runId };
}

function serviceOf(holdings: Holdings): LabService {
  const { jobs, runs, watchers, actors } = holdings;
  return {
    labInfo: () => ({ labId: 'demo', name: 'Demo lab', version: '0.1.0', startedAtMs: 1.8e12 }),
    submit: (request, actor) => {
      actors.push(actor);
      return submit(holdings, request);
    },
    cancel: (jobId, actor) => {
      actors.push(actor);
      return cancel(holdings, jobId);
    },
    job: (jobId) => jobs.get(jobId),
    jobs: (limit) => newestFirst(jobs).slice(0, limit),
    queue: () => queue(holdings),
    runs: ({ boardId, limit }) =>
      newestFirst(runs)
        .filter((run) => boardId === undefined || run.boardId === boardId)
        .slice(0, limit),
    run: (runId) => runs.get(runId),
    boards: () => boards.map((board) => boardNow(holdings, board)),
    suites: () => [...suites],
    watch: (listener) => {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
  };
}

function startJob(holdings: Holdings, jobId: string): RunSummary {
  const job = knownJob(holdings, jobId);
  const { suiteId, boardId, scenario, mode } = job;
  const runId = `run-demo-${String(holdings.runs.size + 1).padStart(4, '0')}`;
  const run = exampleRun({ runId, jobId, suiteId, boardId, scenario, mode });
  putJob(holdings, { ...job, state: 'active', attemptCount: 1, runIds: [...job.runIds, runId] });
  putRun(holdings, run);
  const event = { type: 'phase', phase: 'measuring', atNs: 1, deadlineMs: 60_000 } as const;
  holdings.emit({ type: 'run-event', runId, boardId, event });
  return run;
}

/** A lab with two boards and two suites, without jobs. */
export function createMemoryLab(): MemoryLab {
  const watchers = new Set<(event: LabEvent) => void>();
  const emit = (event: LabEvent): void => {
    for (const watcher of watchers) watcher(event);
  };
  const holdings: Holdings = { jobs: new Map(), runs: new Map(), watchers, actors: [], emit };
  return {
    service: serviceOf(holdings),
    emit,
    putRun: (run) => void putRun(holdings, run),
    putJob: (job) => void putJob(holdings, job),
    actors: holdings.actors,
    watcherCount: () => watchers.size,
    startJob: (jobId) => startJob(holdings, jobId),
    endRun: (run) => {
      putRun(holdings, run);
      const job = knownJob(holdings, run.jobId);
      putJob(holdings, { ...job, state: 'done', verdict: run.verdict, endedAtMs: run.endedAtMs });
    },
  };
}
