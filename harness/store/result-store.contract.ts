import { describe, expect, test } from 'vitest';

import type { Claim, ResultStore } from '#harness/contracts/result-store.ts';
import type { RunOutcome } from '#harness/contracts/run-event.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { checkRandomOperations } from './testing/random-operations.ts';
import {
  aborted,
  boards,
  claimRequest,
  completed,
  errorOf,
  failedWith,
  interrupted,
  newJob,
  owner,
} from './testing/store-samples.ts';

/** A store for one test, empty, and the way to open its data a second time. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: ResultStore;
  readonly openAnother: () => ResultStore;
}

/** Makes an empty store; called once per test. */
export type StoreFactory = () => StoreUnderTest;

function withBoards(make: StoreFactory): StoreUnderTest {
  const made = make();
  made.store.syncBoards(boards);
  return made;
}

function mustClaim(store: ResultStore, jobId: string, runId: string): Claim {
  return assertDefined(store.claim(claimRequest(jobId, runId)), `${jobId} can be claimed`);
}

function end(
  store: ResultStore,
  claim: Claim,
  how: { readonly outcome: RunOutcome; readonly requeue: boolean },
): boolean {
  return store.endRun({ runId: claim.run.runId, fence: claim.fence, atMs: 9_000, ...how });
}

function describeJobs(make: StoreFactory): void {
  test('a submitted job is queued with its settings and no attempt', async () => {
    await using made = withBoards(make);
    const job = made.store.submitJob(newJob('job-1'));
    expect(job).toEqual({
      ...newJob('job-1'),
      state: 'queued',
      endedAtMs: null,
      attemptCount: 0,
      verdict: 'none',
      runIds: [],
    });
    expect(made.store.job('job-1')).toEqual(job);
    expect(made.store.job('job-2')).toBeUndefined();
  });

  test('a job keeps the audit and the load settings that it was submitted with', async () => {
    await using made = withBoards(make);
    const audit = 'no-caching' as const;
    const load = { minQueryCount: 500, seeds: { qsl: '1', sampleIndex: '2', schedule: '3' } };
    const job = made.store.submitJob({ ...newJob('job-1'), audit, load });
    expect(job).toMatchObject({ audit, load });
    expect(made.openAnother().job('job-1')).toEqual(job);
  });

  test('the queue is oldest first, the list newest first, filtered and limited', async () => {
    await using made = withBoards(make);
    const { store } = made;
    for (const jobId of ['job-c', 'job-a', 'job-b']) store.submitJob(newJob(jobId));
    mustClaim(store, 'job-c', 'run-1');
    expect(store.queue().map((job) => job.jobId)).toEqual(['job-a', 'job-b']);
    expect(store.jobs().map((job) => job.jobId)).toEqual(['job-b', 'job-a', 'job-c']);
    expect(store.jobs({ limit: 1 }).map((job) => job.jobId)).toEqual(['job-b']);
    expect(store.jobs({ state: 'active' }).map((job) => job.jobId)).toEqual(['job-c']);
  });

  test('a queued job is cancelled once, an active one not at all', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    store.submitJob(newJob('job-2'));
    mustClaim(store, 'job-1', 'run-1');
    expect(store.cancelQueuedJob('job-1', 5_000)).toBe(false);
    expect(store.cancelQueuedJob('job-2', 5_000)).toBe(true);
    expect(store.cancelQueuedJob('job-2', 6_000)).toBe(false);
    expect(store.job('job-2')).toMatchObject({ state: 'cancelled', endedAtMs: 5_000 });
    expect(store.claim(claimRequest('job-2', 'run-2'))).toBeUndefined();
  });
}

function describeClaims(make: StoreFactory): void {
  test('a claim leases the board and opens the first attempt', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    const claim = mustClaim(store, 'job-1', 'run-1');
    expect(claim).toMatchObject({ fence: 1, leaseUntilMs: 32_000 });
    expect(claim.job).toMatchObject({ state: 'active', attemptCount: 1, runIds: ['run-1'] });
    expect(claim.run).toMatchObject({ attempt: 1, fence: 1, phase: 'leased', outcome: 'open' });
    expect(store.boards()[0]).toMatchObject({ boardId: 'mcu-1', state: 'leased', runId: 'run-1' });
    expect(store.openRuns()).toEqual([
      { run: claim.run, bootId: owner.bootId, childPid: null, childStartTicks: null },
    ]);
  });

  test('a second job cannot claim the board while the first runs', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    store.submitJob(newJob('job-2'));
    mustClaim(store, 'job-1', 'run-1');
    expect(store.claim(claimRequest('job-2', 'run-2'))).toBeUndefined();
    expect(store.claim(claimRequest('job-1', 'run-3'))).toBeUndefined();
    expect(store.job('job-2')).toMatchObject({ state: 'queued', attemptCount: 0 });
  });

  test('two stores on the same data: one of two claims of the same board wins', async () => {
    await using made = withBoards(make);
    await using other = made.openAnother();
    made.store.submitJob(newJob('job-1'));
    other.submitJob(newJob('job-2'));
    expect(other.claim(claimRequest('job-2', 'run-2'))?.fence).toBe(1);
    expect(made.store.claim(claimRequest('job-1', 'run-1'))).toBeUndefined();
    expect(made.store.openRuns().map((open) => open.run.runId)).toEqual(['run-2']);
  });
}

function describeRefusedClaims(make: StoreFactory): void {
  test('unsafe, recovering and unknown boards are not claimed', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    for (const state of ['unsafe', 'recovering'] as const) {
      store.setBoardState('mcu-1', state);
      expect(store.claim(claimRequest('job-1', 'run-1'))).toBeUndefined();
    }
    store.setBoardState('mcu-1', 'free');
    store.syncBoards(boards.slice(1));
    expect(store.claim(claimRequest('job-1', 'run-1'))).toBeUndefined();
  });
}

function describeFences(make: StoreFactory): void {
  test('fences of a board grow over attempts, and a board that left and came back keeps counting', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    end(store, mustClaim(store, 'job-1', 'run-1'), { outcome: interrupted, requeue: true });
    end(store, mustClaim(store, 'job-1', 'run-2'), { outcome: interrupted, requeue: true });
    store.syncBoards([]);
    store.syncBoards(boards);
    expect(mustClaim(store, 'job-1', 'run-3').fence).toBe(3);
    store.submitJob(newJob('job-2', 'mcu-2'));
    expect(mustClaim(store, 'job-2', 'run-4').fence).toBe(1);
  });

  test('a write with the right fence is taken', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    const { fence } = mustClaim(store, 'job-1', 'run-1');
    expect(store.recordChild('run-1', fence, { pid: 99, startTicks: 1234 })).toBe(true);
    expect(store.recordPhase('run-1', fence, 'measuring')).toBe(true);
    expect(store.renewLease('run-1', fence, 60_000)).toBe(true);
    const [open] = store.openRuns();
    expect(open).toMatchObject({ childPid: 99, childStartTicks: 1234 });
    expect(open?.run.phase).toBe('measuring');
  });
}

function describeStaleWrites(make: StoreFactory): void {
  test('every write with a stale fence answers false and changes nothing', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    const first = mustClaim(store, 'job-1', 'run-1');
    end(store, first, { outcome: interrupted, requeue: true });
    const second = mustClaim(store, 'job-1', 'run-2');
    const before = { runs: store.runs(), boards: store.boards(), job: store.job('job-1') };
    for (const [runId, fence] of [
      ['run-1', first.fence],
      ['run-2', first.fence],
      ['run-1', second.fence],
      ['run-9', second.fence],
    ] as const) {
      expect(store.recordChild(runId, fence, { pid: 1, startTicks: null })).toBe(false);
      expect(store.recordPhase(runId, fence, 'measuring')).toBe(false);
      expect(store.renewLease(runId, fence, 1)).toBe(false);
      const request = { runId, fence, outcome: completed, requeue: false, atMs: 10_000 };
      expect(store.endRun(request)).toBe(false);
    }
    expect({ runs: store.runs(), boards: store.boards(), job: store.job('job-1') }).toEqual(before);
  });
}

function describeEnds(make: StoreFactory): void {
  test('a completed run ends the job, frees the board and keeps the numbers', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    const claim = mustClaim(store, 'job-1', 'run-1');
    expect(end(store, claim, { outcome: completed, requeue: false })).toBe(true);
    expect(end(store, claim, { outcome: completed, requeue: false })).toBe(false);
    const { boardSafe: _, ...stored } = completed;
    expect(store.run('run-1')).toMatchObject({ ...stored, phase: 'ended', endedAtMs: 9_000 });
    expect(store.job('job-1')).toMatchObject({ state: 'done', verdict: 'pass', endedAtMs: 9_000 });
    expect(store.boards()[0]).toMatchObject({
      state: 'free',
      health: 'good',
      runId: null,
      lastError: null,
      recovery: [],
    });
    expect(store.openRuns()).toEqual([]);
  });

  test('climbs of the recovery ladder are counted by board and rung', async () => {
    await using made = withBoards(make);
    const { store } = made;
    const [board, other] = store.boards();
    const boardId = board?.boardId ?? '';
    store.countRecovery({ boardId, rung: 'reopen', helped: false }, 10);
    store.countRecovery({ boardId, rung: 'outlet', helped: true }, 20);
    store.countRecovery({ boardId, rung: 'reopen', helped: true }, 30);
    expect(store.boards()[0]?.recovery).toEqual([
      { rung: 'outlet', triedCount: 1, helpedCount: 1, lastAtMs: 20 },
      { rung: 'reopen', triedCount: 2, helpedCount: 1, lastAtMs: 30 },
    ]);
    expect(other?.recovery).toEqual([]);
  });

  test('a requeued job goes back to its old place with its attempts', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    store.submitJob(newJob('job-2'));
    const outcome = failedWith('serial/unplugged');
    end(store, mustClaim(store, 'job-1', 'run-1'), { outcome, requeue: true });
    expect(store.queue().map((job) => job.jobId)).toEqual(['job-1', 'job-2']);
    expect(store.job('job-1')).toMatchObject({ attemptCount: 1, verdict: 'none', endedAtMs: null });
    expect(store.boards()[0]?.lastError).toEqual(errorOf('serial/unplugged'));
    const again = mustClaim(store, 'job-1', 'run-2');
    expect(again.run.attempt).toBe(2);
    expect(again.job.runIds).toEqual(['run-1', 'run-2']);
  });
}

function describeAbortedEnds(make: StoreFactory): void {
  test('an aborted run cancels its job and leaves the error of the board as it was', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    store.setBoardState('mcu-1', 'free', errorOf('dut/timeout'));
    end(store, mustClaim(store, 'job-1', 'run-1'), { outcome: aborted, requeue: false });
    expect(store.job('job-1')).toMatchObject({ state: 'cancelled', verdict: 'aborted' });
    expect(store.boards()[0]?.lastError).toEqual(errorOf('dut/timeout'));
  });
}

function describeUnsafeEnds(make: StoreFactory): void {
  test('a board that is not safe at the end is marked, with the error of the run', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    const outcome = { ...failedWith('dut/timeout'), boardSafe: false };
    end(store, mustClaim(store, 'job-1', 'run-1'), { outcome, requeue: false });
    expect(store.boards()[0]).toMatchObject({
      state: 'unsafe',
      health: 'suspect',
      runId: null,
      lastError: errorOf('dut/timeout'),
    });
  });

  test('a completed run is never repeated, an interrupted one never has results', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    const claim = mustClaim(store, 'job-1', 'run-1');
    expect(() => end(store, claim, { outcome: completed, requeue: true })).toThrow('not repeated');
    const halfWritten: RunOutcome = { ...completed, outcome: 'interrupted' };
    expect(() => end(store, claim, { outcome: halfWritten, requeue: true })).toThrow('no results');
    expect(store.run('run-1')?.outcome).toBe('open');
  });
}

function describeBoards(make: StoreFactory): void {
  test('boards are listed in the order of the configuration; gone ones come back with their state', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.setBoardState('mcu-1', 'unsafe', errorOf('board/unsafe'));
    store.syncBoards(boards.slice(1).toReversed());
    expect(store.boards().map((board) => board.boardId)).toEqual(['mcu-2', 'host-1']);
    store.syncBoards(boards);
    expect(store.boards()[0]).toEqual({
      ...boards[0],
      state: 'unsafe',
      health: 'unknown',
      runId: null,
      lastError: errorOf('board/unsafe'),
      recovery: [],
    });
  });

  test('a board with an open run recovers under its lease and cannot be made free', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    mustClaim(store, 'job-1', 'run-1');
    store.setBoardState('mcu-1', 'recovering');
    expect(store.boards()[0]).toMatchObject({ state: 'recovering', runId: 'run-1' });
    expect(() => store.setBoardState('mcu-1', 'free')).toThrow('cannot become free');
    expect(() => store.setBoardState('host-1', 'leased')).toThrow('cannot become leased');
  });
}

function describeHistory(make: StoreFactory): void {
  test('runs are newest first, filtered by board and job', async () => {
    await using made = withBoards(make);
    const { store } = made;
    store.submitJob(newJob('job-1'));
    store.submitJob(newJob('job-2', 'mcu-2'));
    end(store, mustClaim(store, 'job-1', 'run-1'), { outcome: interrupted, requeue: true });
    mustClaim(store, 'job-2', 'run-2');
    mustClaim(store, 'job-1', 'run-3');
    const ids = (filter?: Parameters<ResultStore['runs']>[0]): string[] =>
      store.runs(filter).map((run) => run.runId);
    expect(ids()).toEqual(['run-3', 'run-2', 'run-1']);
    expect(ids({ boardId: 'mcu-2' })).toEqual(['run-2']);
    expect(ids({ jobId: 'job-1', limit: 1 })).toEqual(['run-3']);
  });

  test('the audit trail is newest first and limited', async () => {
    await using made = make();
    const { store } = made;
    for (const subject of ['a', 'b', 'c'])
      store.appendAudit({ atMs: 1, actor: 'ada', action: 'tested', subject, details: { n: 1 } });
    expect(store.audit(2).map((entry) => entry.subject)).toEqual(['c', 'b']);
    expect(store.audit(1)[0]?.details).toEqual({ n: 1 });
  });

  test('what was stored is there after closing and opening again', async () => {
    await using made = withBoards(make);
    made.store.submitJob(newJob('job-1'));
    const claim = mustClaim(made.store, 'job-1', 'run-1');
    await made.store[Symbol.asyncDispose]();
    await using again = made.openAnother();
    expect(again.run('run-1')).toEqual(claim.run);
    expect(again.boards().map((board) => board.state)).toEqual(['leased', 'free', 'free']);
  });

  test('any order of calls keeps: one open run per board and job, one completed run per job, a free board idle', async () => {
    await expect(checkRandomOperations(() => withBoards(make))).resolves.toBeUndefined();
  });
}

/** Everything that a store must do, whatever engine holds it. */
export function describeResultStore(name: string, make: StoreFactory): void {
  describe(`${name}: jobs`, () => {
    describeJobs(make);
  });
  describe(`${name}: claims`, () => {
    describeClaims(make);
    describeRefusedClaims(make);
  });
  describe(`${name}: fences`, () => {
    describeFences(make);
    describeStaleWrites(make);
  });
  describe(`${name}: ends of runs`, () => {
    describeEnds(make);
    describeAbortedEnds(make);
    describeUnsafeEnds(make);
  });
  describe(`${name}: boards`, () => {
    describeBoards(make);
  });
  describe(`${name}: history`, () => {
    describeHistory(make);
  });
}
