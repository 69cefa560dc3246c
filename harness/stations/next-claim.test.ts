import { describe, expect, test } from 'vitest';

import type { BoardSummary, Job, RunSummary } from '#harness/contracts/records/job-record.ts';
import { errorOf } from '#harness/store/testing/store-samples.ts';

import { nextClaims, type QueueView } from './next-claim.ts';

function board(boardId: string, stationId: string, more: Partial<BoardSummary> = {}): BoardSummary {
  return {
    boardId,
    stationId,
    name: boardId,
    maker: 'Maker',
    driver: 'dut/sample',
    powerMeterId: null,
    state: 'free',
    health: 'good',
    runId: null,
    lastError: null,
    recovery: [],
    ...more,
  };
}

function job(jobId: string, boardId: string): Job {
  return {
    jobId,
    boardId,
    suiteId: 'kws',
    scenario: 'single-stream',
    mode: 'both',
    seed: 1,
    state: 'queued',
    submittedAtMs: 0,
    endedAtMs: null,
    attemptCount: 0,
    verdict: 'none',
    runIds: [],
  };
}

function openRun(boardId: string, phase: string): RunSummary {
  return {
    runId: `run-${boardId}`,
    jobId: 'job-0',
    boardId,
    suiteId: 'kws',
    scenario: 'single-stream',
    mode: 'both',
    attempt: 1,
    fence: 1,
    phase,
    verdict: 'none',
    outcome: 'open',
    startedAtMs: 0,
    endedAtMs: null,
    results: null,
    error: null,
    recordSha256: null,
    bundlePath: '/b',
    reportPath: null,
  };
}

function leased(
  boardId: string,
  stationId: string,
  more: Partial<BoardSummary> = {},
): BoardSummary {
  return board(boardId, stationId, { state: 'leased', runId: `run-${boardId}`, ...more });
}

function planned(view: Partial<QueueView>): {
  start: string[];
  waiting: [string, string, string][];
} {
  const plan = nextClaims({
    queue: [],
    boards: [],
    suiteIds: ['kws'],
    openRuns: [],
    isDraining: false,
    isDiskLow: false,
    ...view,
  });
  expect(plan.waiting.map(({ waiting }) => waiting.position)).toEqual(
    plan.waiting.map((_, index) => index + 1),
  );
  return {
    start: plan.start.map((started) => started.jobId),
    waiting: plan.waiting.map((entry) => [
      entry.job.jobId,
      entry.waiting.code,
      entry.waiting.sentence,
    ]),
  };
}

interface Row {
  readonly name: string;
  readonly view: Partial<QueueView>;
  readonly start: readonly string[];
  readonly waiting: readonly (readonly [string, string, string])[];
}

const meter = { powerMeterId: 'pm' };
const rows: readonly Row[] = [
  { name: 'an empty queue starts nothing', view: {}, start: [], waiting: [] },
  {
    name: 'two free stations start one run each, oldest first',
    view: {
      boards: [board('a', 's1'), board('b', 's2')],
      queue: [job('j1', 'b'), job('j2', 'a'), job('j3', 'a')],
    },
    start: ['j1', 'j2'],
    waiting: [['j3', 'board-busy', 'a is starting kws (j2); this job is next']],
  },
  {
    name: 'a busy board makes its jobs wait in order, with the phase of its run',
    view: {
      boards: [leased('a', 's1')],
      openRuns: [openRun('a', 'measuring')],
      queue: [job('j1', 'a'), job('j2', 'a'), job('j3', 'a')],
    },
    start: [],
    waiting: [
      ['j1', 'board-busy', 'a is measuring kws (run run-a); this job is next'],
      ['j2', 'board-busy', 'a is measuring kws (run run-a); 1 job is ahead'],
      ['j3', 'board-busy', 'a is measuring kws (run run-a); 2 jobs are ahead'],
    ],
  },
  {
    name: 'a busy station makes its other boards wait',
    view: {
      boards: [leased('a', 's1'), board('b', 's1')],
      openRuns: [openRun('a', 'settling')],
      queue: [job('j1', 'b')],
    },
    start: [],
    waiting: [
      [
        'j1',
        'station-busy',
        'station s1 is taken: a is busy with kws (run run-a, settling); this job is next',
      ],
    ],
  },
  {
    name: 'a power meter shared by two stations serves one run',
    view: {
      boards: [leased('a', 's1', meter), board('b', 's2', meter)],
      openRuns: [openRun('a', 'measuring')],
      queue: [job('j1', 'b')],
    },
    start: [],
    waiting: [
      [
        'j1',
        'instrument-busy',
        'power meter pm is taken: a is measuring kws (run run-a); this job is next',
      ],
    ],
  },
  {
    name: 'a younger job does not take the station that an older one waits for',
    view: {
      boards: [leased('a', 's1', meter), board('b', 's2', meter), board('c', 's2')],
      openRuns: [openRun('a', 'measuring')],
      queue: [job('j1', 'b'), job('j2', 'c')],
    },
    start: [],
    waiting: [
      [
        'j1',
        'instrument-busy',
        'power meter pm is taken: a is measuring kws (run run-a); this job is next',
      ],
      ['j2', 'behind-other-job', 'an older job waits for station s2; 1 job is ahead'],
    ],
  },
  {
    name: 'an unsafe board says why and holds nobody up',
    view: {
      boards: [
        board('a', 's1', { state: 'unsafe', lastError: errorOf('dut/timeout') }),
        board('b', 's1'),
      ],
      queue: [job('j1', 'a'), job('j2', 'b')],
    },
    start: ['j2'],
    waiting: [
      [
        'j1',
        'board-unsafe',
        'a is not in its safe state: dut/timeout for a test; this job is next',
      ],
    ],
  },
  {
    name: 'a recovering board keeps its station quiet, with and without a run',
    view: {
      boards: [
        leased('a', 's1', { state: 'recovering' }),
        board('b', 's2', { state: 'recovering' }),
      ],
      openRuns: [openRun('a', 'measuring')],
      queue: [job('j1', 'a'), job('j2', 'b')],
    },
    start: [],
    waiting: [
      [
        'j1',
        'board-busy',
        'a is being brought to its safe state after kws (run run-a); this job is next',
      ],
      ['j2', 'board-busy', 'b is being brought to its safe state; this job is next'],
    ],
  },
  {
    name: 'boards and suites that left the configuration make their jobs wait',
    view: {
      boards: [board('a', 's1')],
      queue: [job('j1', 'gone'), { ...job('j2', 'a'), suiteId: 'old' }],
    },
    start: [],
    waiting: [
      ['j1', 'not-configured', 'board gone is not in lab.config.ts; this job is next'],
      ['j2', 'not-configured', 'suite old is not in lab.config.ts; this job is next'],
    ],
  },
  {
    name: 'a draining lab starts nothing',
    view: { isDraining: true, boards: [board('a', 's1')], queue: [job('j1', 'a'), job('j2', 'a')] },
    start: [],
    waiting: [
      [
        'j1',
        'draining',
        'the lab is draining: no new run starts before a restart; this job is next',
      ],
      ['j2', 'draining', 'the lab is draining: no new run starts before a restart; 1 job is ahead'],
    ],
  },
  {
    name: 'a low disk starts nothing',
    view: { isDiskLow: true, boards: [board('a', 's1')], queue: [job('j1', 'a')] },
    start: [],
    waiting: [
      ['j1', 'disk-low', 'the disk of the lab is nearly full: free space first; this job is next'],
    ],
  },
];

describe('which jobs may start', () => {
  test.each(rows)('$name', ({ view, start, waiting }) => {
    expect(planned(view)).toEqual({ start, waiting });
  });
});
