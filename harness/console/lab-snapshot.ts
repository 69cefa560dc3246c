import type { QueuedJob, SuiteSummary } from '#harness/contracts/lab-service.ts';
import type { BoardSummary, RunSummary } from '#harness/contracts/records/job-record.ts';

import { askDaemon } from './ask-daemon.ts';

/** What the page shows, as of one moment. */
export interface LabSnapshot {
  readonly labName: string;
  readonly version: string;
  readonly boards: readonly BoardSummary[];
  readonly suites: readonly SuiteSummary[];
  readonly queue: readonly QueuedJob[];
  readonly runs: readonly RunSummary[];
}

const runCountMax = 50;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The page and the daemon are of one version, so the named property is enough to know an answer by. */
function has(value: unknown, name: string): boolean {
  return isObject(value) && name in value;
}

const isBoard = (value: unknown): value is BoardSummary => has(value, 'boardId');
const isSuite = (value: unknown): value is SuiteSummary => has(value, 'suiteId');
const isRun = (value: unknown): value is RunSummary => has(value, 'runId');
const isQueued = (value: unknown): value is QueuedJob => has(value, 'job') && has(value, 'waiting');

async function list<T>(
  path: string,
  name: string,
  isRow: (value: unknown) => value is T,
): Promise<readonly T[]> {
  const answer = await askDaemon(path);
  const rows = isObject(answer) ? answer[name] : undefined;
  if (!Array.isArray(rows) || !rows.every(isRow)) throw new TypeError(`${path} has no ${name}`);
  return rows;
}

/** Reads everything anew. @throws what `askDaemon` throws, TypeError on a foreign answer */
export async function fetchSnapshot(): Promise<LabSnapshot> {
  const [lab, boards, suites, queue, runs] = await Promise.all([
    askDaemon('/api/lab'),
    list('/api/boards', 'boards', isBoard),
    list('/api/suites', 'suites', isSuite),
    list('/api/queue', 'queue', isQueued),
    list(`/api/runs?limit=${runCountMax}`, 'runs', isRun),
  ]);
  const { name, version } = isObject(lab) ? lab : {};
  return { labName: String(name), version: String(version), boards, suites, queue, runs };
}
