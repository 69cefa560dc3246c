import fc from 'fast-check';

import type { ResultStore } from '#harness/contracts/result-store.ts';
import type { RunOutcome } from '#harness/contracts/run-event.ts';
import { assert } from '#harness/kernel/assert.ts';

import {
  aborted,
  boards,
  claimRequest,
  completed,
  failedWith,
  interrupted,
  newJob,
} from './store-samples.ts';

const outcomes: readonly RunOutcome[] = [
  completed,
  aborted,
  interrupted,
  failedWith('dut/timeout'),
  { ...failedWith('serial/unplugged'), boardSafe: false },
];

/** One call with numbers that choose among what there is; the same numbers always give the same calls. */
type Operation =
  | { readonly call: 'submit' | 'claim' | 'cancel' | 'free'; readonly pick: number }
  | { readonly call: 'phase'; readonly pick: number; readonly fence: number }
  | {
      readonly call: 'end';
      readonly pick: number;
      readonly outcome: number;
      readonly requeue: boolean;
      readonly isStale: boolean;
    };

const pick = fc.nat({ max: 11 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ call: fc.constantFrom('submit', 'claim', 'claim', 'cancel', 'free'), pick }),
  fc.record({ call: fc.constant('phase'), pick, fence: fc.nat({ max: 4 }) }),
  fc.record({
    call: fc.constant('end'),
    pick,
    outcome: fc.nat({ max: outcomes.length - 1 }),
    requeue: fc.boolean(),
    isStale: fc.boolean(),
  }),
);

function chosen<T>(values: readonly T[], index: number): T | undefined {
  return values.length === 0 ? undefined : values[index % values.length];
}

function endSome(store: ResultStore, operated: Extract<Operation, { call: 'end' }>): void {
  const run = chosen(store.runs(), operated.pick);
  const outcome = chosen(outcomes, operated.outcome);
  if (run === undefined || outcome === undefined) return;
  const requeue = operated.requeue && outcome.outcome !== 'completed';
  const fence = operated.isStale ? run.fence - 1 : run.fence;
  const isEnded = store.endRun({ runId: run.runId, fence, outcome, requeue, atMs: 9_000 });
  assert(isEnded === (run.outcome === 'open' && !operated.isStale), 'only an open run ends, once');
}

function performSimple(
  store: ResultStore,
  operated: Extract<Operation, { call: 'submit' | 'claim' | 'cancel' | 'free' }>,
  step: number,
): void {
  const jobId = chosen(store.jobs(), operated.pick)?.jobId ?? 'none';
  const board = chosen(store.boards(), operated.pick);
  switch (operated.call) {
    case 'submit':
      store.submitJob(newJob(`job-${step}`, board?.boardId));
      return;
    case 'claim':
      store.claim(claimRequest(jobId, `run-${step}`));
      return;
    case 'cancel':
      store.cancelQueuedJob(jobId, 5_000);
      return;
    case 'free':
      if (board?.state === 'unsafe') store.setBoardState(board.boardId, 'free', null);
  }
}

function perform(store: ResultStore, operated: Operation, step: number): void {
  if (operated.call === 'end') {
    endSome(store, operated);
  } else if (operated.call === 'phase') {
    const runId = chosen(store.runs(), operated.pick)?.runId ?? 'none';
    store.recordPhase(runId, operated.fence, 'measuring');
  } else {
    performSimple(store, operated, step);
  }
}

function checkBoards(store: ResultStore): void {
  const open = store.runs().filter((run) => run.outcome === 'open');
  for (const board of store.boards()) {
    const holders = open.filter((run) => run.boardId === board.boardId);
    assert(holders.length <= 1, `${board.boardId} has one open run at most`);
    assert(holders[0]?.runId === (board.runId ?? undefined), `${board.boardId} names its open run`);
    assert(
      (board.state === 'leased') === (board.runId !== null),
      `${board.boardId} is leased by it`,
    );
    const fences = store.runs({ boardId: board.boardId }).map((run) => run.fence);
    const isFalling = fences.every(
      (fence, index) => index === 0 || fence < (fences[index - 1] ?? 0),
    );
    assert(isFalling, `fences of ${board.boardId} grow strictly`);
  }
}

function checkJobs(store: ResultStore): void {
  for (const job of store.jobs()) {
    const runs = store.runs({ jobId: job.jobId });
    const openCount = runs.filter((run) => run.outcome === 'open').length;
    const completedCount = runs.filter((run) => run.outcome === 'completed').length;
    assert(openCount === (job.state === 'active' ? 1 : 0), `${job.jobId} is active with its run`);
    assert(completedCount <= (job.state === 'done' ? 1 : 0), `${job.jobId} completed once at most`);
    assert(job.attemptCount === runs.length, `${job.jobId} counts its attempts`);
    assert(job.runIds.length === runs.length, `${job.jobId} shows all its attempts`);
  }
}

/** Random orders of calls; after each the invariants of a lab hold. */
export async function checkRandomOperations(
  make: () => AsyncDisposable & { readonly store: ResultStore },
): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(operation, { minLength: 5, maxLength: 40 }),
    async (operations) => {
      await using made = make();
      for (const [step, operated] of operations.entries()) {
        perform(made.store, operated, step);
        checkBoards(made.store);
        checkJobs(made.store);
      }
      assert(made.store.boards().length === boards.length, 'no board is lost');
    },
  );
  await fc.assert(property, { numRuns: 40 });
}
