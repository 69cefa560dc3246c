import type { QueuedJob } from '#harness/contracts/lab-service.ts';
import type {
  BoardSummary,
  Job,
  RunSummary,
  WaitingReason,
} from '#harness/contracts/records/job-record.ts';

import { holderSentence, placeSentence } from './waiting-sentence.ts';

/** What decides which jobs may start. */
export interface QueueView {
  /** Queued jobs, oldest first. */
  readonly queue: readonly Job[];
  /** Boards of the configuration. */
  readonly boards: readonly BoardSummary[];
  readonly suiteIds: readonly string[];
  readonly openRuns: readonly RunSummary[];
  readonly isDraining: boolean;
  readonly isDiskLow: boolean;
}

/** Which jobs may start now, oldest first, and why each other one waits. */
export interface ClaimPlan {
  readonly start: readonly Job[];
  readonly waiting: readonly QueuedJob[];
}

type Code = WaitingReason['code'];
type Reason = Pick<WaitingReason, 'code' | 'sentence'>;

/** Something that one run has for itself. */
interface Resource {
  readonly key: string;
  readonly code: Code;
}

/** Most telling first: the board itself, its power meter, the quiet of its station. */
function resourcesOf(board: BoardSummary): readonly Resource[] {
  const meter = board.powerMeterId;
  return [
    { key: `board ${board.boardId}`, code: 'board-busy' },
    ...(meter === null ? [] : [{ key: `power meter ${meter}`, code: 'instrument-busy' } as const]),
    { key: `station ${board.stationId}`, code: 'station-busy' },
  ];
}

/** What is taken now, and the sentence about who has it. Unsafe boards hold nothing: the others go on. */
function takenResources(view: QueueView): Map<string, string> {
  const taken = new Map<string, string>();
  for (const board of view.boards) {
    if (board.state === 'free' || board.state === 'unsafe') continue;
    const run = view.openRuns.find((open) => open.runId === board.runId);
    for (const { key } of resourcesOf(board)) taken.set(key, holderSentence(board, run));
  }
  return taken;
}

/** Why this job cannot start whatever else runs; such a job holds nobody up. */
function standingReason(
  job: Job,
  board: BoardSummary | undefined,
  view: QueueView,
): Reason | undefined {
  if (view.isDraining) {
    return {
      code: 'draining',
      sentence: 'the lab is draining: no new run starts before a restart',
    };
  }
  if (view.isDiskLow) {
    return { code: 'disk-low', sentence: 'the disk of the lab is nearly full: free space first' };
  }
  if (board === undefined) {
    return { code: 'not-configured', sentence: `board ${job.boardId} is not in lab.config.ts` };
  }
  if (!view.suiteIds.includes(job.suiteId)) {
    return { code: 'not-configured', sentence: `suite ${job.suiteId} is not in lab.config.ts` };
  }
  if (board.state === 'unsafe') {
    const why = board.lastError === null ? '' : `: ${board.lastError.message}`;
    return { code: 'board-unsafe', sentence: `${board.boardId} is not in its safe state${why}` };
  }
  return undefined;
}

function busyReason(
  resources: readonly Resource[],
  taken: ReadonlyMap<string, string>,
): Reason | undefined {
  const busy = resources.find((resource) => taken.has(resource.key));
  if (busy === undefined) return undefined;
  const holder = taken.get(busy.key) ?? '';
  const sentence = busy.code === 'board-busy' ? holder : `${busy.key} is taken: ${holder}`;
  return { code: busy.code, sentence };
}

function queueReason(
  resources: readonly Resource[],
  wanted: ReadonlyMap<string, number>,
): Reason | undefined {
  const contested = resources.find((resource) => wanted.has(resource.key));
  return contested === undefined
    ? undefined
    : { code: 'behind-other-job', sentence: `an older job waits for ${contested.key}` };
}

/** How many waiting jobs want something that this one wants. */
function aheadCount(resources: readonly Resource[], wanted: ReadonlyMap<string, number>): number {
  return Math.max(0, ...resources.map((resource) => wanted.get(resource.key) ?? 0));
}

/**
 * Decides which jobs may start: oldest first; a board, its power meter and its station serve one run at a time, so
 * that no measurement disturbs another. A waiting job keeps what it waits for from younger ones, so that none starves.
 * Pure.
 */
export function nextClaims(view: QueueView): ClaimPlan {
  const taken = takenResources(view);
  const wanted = new Map<string, number>();
  const start: Job[] = [];
  const waiting: QueuedJob[] = [];
  const wait = (job: Job, reason: Reason, isAheadCount: number): void => {
    const sentence = `${reason.sentence}; ${placeSentence(isAheadCount)}`;
    waiting.push({ job, waiting: { code: reason.code, sentence, position: waiting.length + 1 } });
  };
  for (const job of view.queue) {
    const board = view.boards.find((candidate) => candidate.boardId === job.boardId);
    const standing = standingReason(job, board, view);
    const resources = board === undefined ? [] : resourcesOf(board);
    const reason = standing ?? busyReason(resources, taken) ?? queueReason(resources, wanted);
    if (reason === undefined) {
      start.push(job);
      const sentence = `${job.boardId} is starting ${job.suiteId} (${job.jobId})`;
      for (const { key } of resources) taken.set(key, sentence);
      continue;
    }
    wait(job, reason, aheadCount(resources, wanted));
    if (standing !== undefined && !view.isDraining && !view.isDiskLow) continue;
    for (const { key } of resources) wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  return { start, waiting };
}
