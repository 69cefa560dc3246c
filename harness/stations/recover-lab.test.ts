import { describe, expect, test } from 'vitest';

import type { ResultStore } from '#harness/contracts/result-store.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { claimRequest, newJob, owner } from '#harness/store/testing/store-samples.ts';

import { recoverLab, type RecoveryPorts, type RecoveryReport } from './recover-lab.ts';
import { sampleStore, testSettings } from './testing/lab-under-test.ts';
import { manualClock, type ManualClock } from './testing/manual-clock.ts';

const later = { bootId: 'boot-b', pid: 4712 };

interface Scene extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly store: ResultStore;
  /** What happened to hardware and rows, in order. */
  readonly trail: string[];
  readonly recover: (
    hardware?: Partial<Pick<RecoveryPorts, 'makeBoardSafe' | 'killStrayChild'>>,
  ) => Promise<RecoveryReport>;
}

/** A lab whose daemon `boot-a` died; the rows of its store leave a trail when they are closed. */
function sceneAfterCrash(): Scene {
  const clock = manualClock();
  const made = sampleStore(clock);
  const trail: string[] = [];
  const store: ResultStore = {
    ...made.store,
    endRun: (request) => {
      trail.push(`close ${request.runId}`);
      return made.store.endRun(request);
    },
  };
  return {
    clock,
    store: made.store,
    trail,
    recover: (hardware = {}) =>
      recoverLab({
        partialLoadNote: () => '',
        store,
        clock,
        owner: later,
        settings: testSettings,
        log: () => undefined,
        makeBoardSafe: async (boardId, signal) => {
          trail.push(`safe ${boardId}`);
          await hardware.makeBoardSafe?.(boardId, signal);
        },
        killStrayChild: async (child, signal) => {
          trail.push(`kill ${child.pid} since ${child.startTicks}`);
          await hardware.killStrayChild?.(child, signal);
        },
      }),
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  };
}

function leaveOpenRun(store: ResultStore, jobId: string, runId: string): void {
  const claim = assertDefined(store.claim(claimRequest(jobId, runId)), `${jobId} is claimed`);
  store.recordChild(runId, claim.fence, { pid: 555, startTicks: 42 });
  store.recordPhase(runId, claim.fence, 'measuring');
}

describe('after a crash', () => {
  test('the child is killed, then the board made safe, then the run closed and its job queued', async () => {
    await using scene = sceneAfterCrash();
    const { store } = scene;
    store.submitJob(newJob('job-1'));
    leaveOpenRun(store, 'job-1', 'run-1');
    const report = await scene.recover({
      makeBoardSafe: async () => {
        expect(store.run('run-1')?.outcome).toBe('open');
        expect(store.boards()[0]?.state).toBe('recovering');
      },
    });
    expect(scene.trail).toEqual(['kill 555 since 42', 'safe mcu-1', 'close run-1']);
    expect(report).toEqual({
      interruptedRunIds: ['run-1'],
      requeuedJobIds: ['job-1'],
      unsafeBoardIds: [],
    });
    expect(store.run('run-1')).toMatchObject({
      outcome: 'interrupted',
      results: null,
      recordSha256: null,
      reportPath: null,
      error: { code: 'run/interrupted' },
    });
    expect(store.queue().map((job) => job.jobId)).toEqual(['job-1']);
    expect(store.boards()[0]).toMatchObject({ state: 'free', runId: null });
  });

  test('a third interrupted attempt ends the job', async () => {
    await using scene = sceneAfterCrash();
    scene.store.submitJob(newJob('job-1'));
    for (const runId of ['run-1', 'run-2', 'run-3']) {
      leaveOpenRun(scene.store, 'job-1', runId);
      await scene.recover();
    }
    expect(scene.store.job('job-1')).toMatchObject({ state: 'done', verdict: 'error' });
    expect(scene.store.runs().map((run) => run.outcome)).toEqual(Array(3).fill('interrupted'));
  });

  test('a board that hangs ends unsafe after its deadlines; its job still waits for it', async () => {
    await using scene = sceneAfterCrash();
    scene.store.submitJob(newJob('job-1'));
    leaveOpenRun(scene.store, 'job-1', 'run-1');
    const recovering = scene.recover({ makeBoardSafe: () => new Promise(() => undefined) });
    await scene.clock.advance(3 * 4_000 + 2 * 500);
    expect(await recovering).toMatchObject({ unsafeBoardIds: ['mcu-1'] });
    expect(scene.store.boards()[0]).toMatchObject({
      state: 'unsafe',
      lastError: { code: 'board/unsafe' },
    });
    expect(scene.store.job('job-1')?.state).toBe('queued');
  });

  test('a child that cannot be killed may still drive the board: nobody else touches it', async () => {
    await using scene = sceneAfterCrash();
    scene.store.submitJob(newJob('job-1'));
    leaveOpenRun(scene.store, 'job-1', 'run-1');
    await scene.recover({ killStrayChild: () => Promise.reject(new Error('not permitted')) });
    expect(scene.trail).toEqual(['kill 555 since 42', 'close run-1']);
    expect(scene.store.boards()[0]?.state).toBe('unsafe');
  });

  test('a run without a recorded child, or without its start time, kills nobody', async () => {
    await using scene = sceneAfterCrash();
    scene.store.submitJob(newJob('job-1'));
    scene.store.submitJob(newJob('job-2', 'mcu-2'));
    scene.store.claim(claimRequest('job-1', 'run-1'));
    const second = scene.store.claim(claimRequest('job-2', 'run-2'));
    scene.store.recordChild('run-2', second?.fence ?? 0, { pid: 555, startTicks: null });
    await scene.recover();
    expect(scene.trail.toSorted()).toEqual([
      'close run-1',
      'close run-2',
      'safe mcu-1',
      'safe mcu-2',
    ]);
  });

  test('boards left unsafe or recovering get another chance; runs of this start are left alone', async () => {
    await using scene = sceneAfterCrash();
    const { store } = scene;
    store.setBoardState('mcu-1', 'unsafe');
    store.setBoardState('host-1', 'recovering');
    store.submitJob(newJob('job-1', 'mcu-2'));
    store.claim({ ...claimRequest('job-1', 'run-1'), owner: later });
    await scene.recover();
    expect(scene.trail).toEqual(['safe mcu-1', 'safe host-1']);
    expect(store.boards().map((board) => board.state)).toEqual(['free', 'free', 'leased']);
    expect(owner.bootId).not.toBe(later.bootId);
  });
});
