import { describe, expect, test } from 'vitest';

import type { Results } from '#harness/contracts/records/run-record.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';
import { LabError } from '#harness/kernel/lab-error.ts';
import { completed, failedWith } from '#harness/store/testing/store-samples.ts';

import { labUnderTest, type LabUnderTest } from './testing/lab-under-test.ts';
import { settle } from './testing/manual-clock.ts';

const request = { suiteId: 'keyword-spotting', boardId: 'mcu-1' };

function phase(name: string, deadlineMs = 60_000): RunEvent {
  return { type: 'phase', phase: name, atNs: 0, deadlineMs };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof LabError ? error.code : String(error);
  }
}

async function startedLab(...boardIds: readonly string[]): Promise<LabUnderTest> {
  const lab = labUnderTest();
  lab.scheduler.start();
  for (const boardId of boardIds) lab.scheduler.submit({ ...request, boardId }, 'ada');
  await settle();
  return lab;
}

async function endRun(lab: LabUnderTest, index: number, outcome: RunOutcome): Promise<void> {
  lab.run(index).end(outcome);
  await settle();
}

describe('submit', () => {
  test('fills in single-stream, both and a seed of 32 bits; leaves an audit entry', async () => {
    await using lab = labUnderTest();
    const job = lab.scheduler.submit(request, 'ada');
    expect(job).toMatchObject({ scenario: 'single-stream', mode: 'both', state: 'queued' });
    expect(job.seed).toBeGreaterThanOrEqual(0);
    expect(job.seed).toBeLessThan(2 ** 32);
    expect(lab.store.audit(1)[0]).toMatchObject({ actor: 'ada', subject: job.jobId });
    const given = { ...request, seed: 5, mode: 'accuracy', scenario: 'offline' } as const;
    expect(lab.scheduler.submit(given, 'ada')).toMatchObject(given);
  });

  test('refuses what does not exist and what is no request, and stores nothing', async () => {
    await using lab = labUnderTest();
    const { submit } = lab.scheduler;
    expect(codeOf(() => submit({ ...request, suiteId: 'none' }, 'ada'))).toBe('suite/unknown');
    expect(codeOf(() => submit({ ...request, boardId: 'none' }, 'ada'))).toBe('board/unknown');
    expect(codeOf(() => submit({ ...request, seed: -1 }, 'ada'))).toBe('job/invalid');
    expect(lab.store.jobs()).toEqual([]);
  });
});

describe('a run from claim to end', () => {
  test('is launched without waiting for a tick, tells its phases, and ends job and board', async () => {
    await using lab = await startedLab('mcu-1');
    const played = lab.run(0);
    const { runId } = played.claim.run;
    expect(lab.store.openRuns()[0]).toMatchObject({ childPid: 101, childStartTicks: 7 });
    played.callbacks.onEvent(phase('measuring'));
    expect(lab.store.run(runId)?.phase).toBe('measuring');
    await endRun(lab, 0, completed);
    expect(lab.store.jobs()[0]).toMatchObject({ state: 'done', verdict: 'pass' });
    expect(lab.store.boards()[0]).toMatchObject({ state: 'free', health: 'good' });
    expect(lab.events.map((event) => event.type)).toEqual([
      'job',
      'job',
      'run',
      'run-event',
      'run',
      'run',
      'job',
      'run-event',
    ]);
    expect(lab.events.at(-1)).toMatchObject({ runId, event: { type: 'ended' } });
    expect(lab.madeSafe).toEqual([]);
  });

  test('holds its station: the next run starts when it has ended, another station at once', async () => {
    await using lab = await startedLab('mcu-1', 'host-1', 'mcu-2');
    const started = (): string[] => lab.launched.map((run) => run.claim.run.boardId);
    expect(started()).toEqual(['mcu-1', 'mcu-2']);
    lab.run(0).callbacks.onEvent(phase('measuring'));
    const [waiting] = lab.scheduler.queue();
    expect(waiting?.waiting).toMatchObject({ code: 'station-busy', position: 1 });
    expect(waiting?.waiting.sentence).toContain('mcu-1 is measuring keyword-spotting (run ');
    await endRun(lab, 0, completed);
    expect(started()).toEqual(['mcu-1', 'mcu-2', 'host-1']);
  });

  test('renews its lease of 3 s each second while it lives, and no more when it has ended', async () => {
    await using lab = await startedLab('mcu-1');
    lab.run(0).callbacks.onEvent(phase('measuring', 200_000));
    await lab.clock.advance(3_000);
    expect(lab.hardware.renewedUntilMs).toEqual([5_000, 6_000, 7_000]);
    await endRun(lab, 0, completed);
    await lab.clock.advance(3_000);
    expect(lab.hardware.renewedUntilMs).toHaveLength(3);
  });

  test('that lost its lease is stopped and touches its board no more', async () => {
    await using lab = await startedLab('mcu-1');
    lab.hardware.isLeaseLost = true;
    await lab.clock.advance(1_000);
    expect(lab.run(0).cancelCount).toBe(1);
    await endRun(lab, 0, { ...failedWith('run/child-died'), boardSafe: false });
    expect(lab.madeSafe).toEqual([]);
    expect(lab.store.boards()[0]?.state).toBe('unsafe');
  });

  test('that cannot be launched fails without touching the board', async () => {
    await using lab = labUnderTest();
    lab.hardware.failsToLaunch = true;
    lab.scheduler.start();
    lab.scheduler.submit(request, 'ada');
    await settle();
    expect(lab.store.runs()[0]).toMatchObject({ outcome: 'failed', error: { code: 'run/bug' } });
    expect(lab.madeSafe).toEqual([]);
    expect(lab.store.boards()[0]?.state).toBe('free');
  });

  test('whose report is malformed is a bug, not a number, and its word that the board is safe counts for nothing', async () => {
    await using lab = await startedLab('mcu-1');
    const throughput = {
      samplesPerSecond: Number.NaN,
      basis: 'offline',
      windowSamplesPerSecond: [],
    };
    const results: Results = { throughput: { ...throughput, basis: 'offline' } };
    await endRun(lab, 0, { ...completed, results });
    expect(lab.store.runs()[0]).toMatchObject({
      outcome: 'failed',
      results: null,
      error: { code: 'run/bug' },
    });
    expect(lab.madeSafe).toEqual(['mcu-1']);
  });
});

describe('faults', () => {
  test('an infrastructure fault is tried 3 times, each with a new fence, and then ends the job', async () => {
    await using lab = await startedLab('mcu-1');
    for (const index of [0, 1, 2]) await endRun(lab, index, failedWith('serial/unplugged'));
    expect(lab.launched.map((run) => run.claim.fence)).toEqual([1, 2, 3]);
    expect(lab.store.jobs()[0]).toMatchObject({ state: 'done', verdict: 'error', attemptCount: 3 });
  });

  test('an unsafe board is made safe before its run is closed', async () => {
    await using lab = await startedLab('mcu-1');
    const recovery = Promise.withResolvers<void>();
    lab.hardware.makeBoardSafe = () => recovery.promise;
    await endRun(lab, 0, { ...failedWith('run/child-died'), boardSafe: false });
    expect(lab.store.boards()[0]?.state).toBe('recovering');
    expect(lab.store.runs()[0]?.outcome).toBe('open');
    recovery.resolve();
    await settle();
    expect(lab.store.runs({ jobId: lab.run(0).claim.job.jobId }).at(-1)?.outcome).toBe('failed');
    expect(lab.launched).toHaveLength(2);
  });

  test('a board that cannot be made safe in 3 tries stays unsafe and says why to those who wait', async () => {
    await using lab = await startedLab('mcu-1', 'host-1');
    lab.hardware.makeBoardSafe = () => new Promise(() => undefined);
    await endRun(lab, 0, { ...failedWith('dut/timeout'), boardSafe: false });
    await lab.clock.advance(3 * 4_000 + 2 * 500);
    expect(lab.madeSafe).toEqual(['mcu-1', 'mcu-1', 'mcu-1']);
    expect(lab.store.boards()[0]).toMatchObject({
      state: 'unsafe',
      lastError: { code: 'board/unsafe' },
    });
    expect(lab.store.audit(9).map((entry) => entry.action)).toContain('board-unsafe');
    expect(lab.scheduler.queue()[0]?.waiting.code).toBe('board-unsafe');
    expect(lab.run(1).claim.run.boardId).toBe('host-1');
  });

  test('a completed run whose board needed recovery stays completed', async () => {
    await using lab = await startedLab('mcu-1');
    await endRun(lab, 0, { ...completed, boardSafe: false });
    expect(lab.madeSafe).toEqual(['mcu-1']);
    expect(lab.store.runs()[0]?.outcome).toBe('completed');
    expect(lab.store.boards()[0]?.state).toBe('free');
  });

  test('a silent run is stopped after the deadline of its phase and its grace', async () => {
    await using lab = await startedLab('mcu-1');
    lab.run(0).callbacks.onEvent(phase('measuring', 5_000));
    await lab.clock.advance(7_000);
    expect(lab.run(0).cancelCount).toBe(0);
    await lab.clock.advance(1_000);
    expect(lab.run(0).cancelCount).toBe(1);
    await endRun(lab, 0, { ...failedWith('run/child-died'), boardSafe: false });
    expect(lab.store.runs().at(-1)?.error?.code).toBe('run/phase-deadline');
  });

  test('a process that never says a word and never dies is given up; the board is recovered', async () => {
    await using lab = await startedLab('mcu-1');
    await lab.clock.advance(11_000 + 5_000);
    expect(lab.madeSafe).toEqual(['mcu-1']);
    expect(lab.store.runs().at(-1)).toMatchObject({
      outcome: 'failed',
      error: { code: 'run/phase-deadline' },
    });
  });

  test('a watcher that throws harms nobody', async () => {
    await using lab = labUnderTest();
    lab.scheduler.watch(() => {
      throw new Error('a bad watcher');
    });
    lab.scheduler.submit(request, 'ada');
    expect(lab.logged.map((line) => line.message)).toEqual(['a watcher of the lab failed']);
  });

  test('with a full disk nothing starts and the reason says so', async () => {
    await using lab = labUnderTest();
    lab.hardware.isDiskLow = true;
    lab.scheduler.start();
    lab.scheduler.submit(request, 'ada');
    await settle();
    expect(lab.launched).toEqual([]);
    expect(lab.scheduler.queue()[0]?.waiting.code).toBe('disk-low');
    lab.hardware.isDiskLow = false;
    await lab.clock.advance(1_000);
    expect(lab.launched).toHaveLength(1);
  });
});

describe('a store that refuses', () => {
  test('the end of a run is written again a second later, when the disk has room', async () => {
    await using lab = await startedLab('mcu-1');
    lab.hardware.isDiskFull = true;
    await endRun(lab, 0, completed);
    expect(lab.store.runs()[0]?.outcome).toBe('open');
    lab.hardware.isDiskFull = false;
    await lab.clock.advance(1_000);
    expect(lab.store.runs()[0]?.outcome).toBe('completed');
    expect(lab.store.boards()[0]?.state).toBe('free');
  });

  test('after 3 tries the run is left open for the recovery of the next start', async () => {
    await using lab = await startedLab('mcu-1');
    lab.hardware.isDiskFull = true;
    await endRun(lab, 0, completed);
    await lab.clock.advance(10_000);
    const failures = lab.logged.filter(
      (line) => line.message === 'the end of a run could not be stored',
    );
    expect(failures).toHaveLength(3);
    expect(lab.store.openRuns()).toHaveLength(1);
    await lab.scheduler.stop();
  });
});

describe('cancel', () => {
  test('a queued job is cancelled at once, an ended or unknown one is not', async () => {
    await using lab = labUnderTest();
    const { jobId } = lab.scheduler.submit(request, 'ada');
    expect(lab.scheduler.cancel(jobId, 'bob').state).toBe('cancelled');
    expect(codeOf(() => lab.scheduler.cancel(jobId, 'bob'))).toBe('job/not-cancellable');
    expect(codeOf(() => lab.scheduler.cancel('job-none', 'bob'))).toBe('job/not-found');
    expect(lab.store.audit(1)[0]).toMatchObject({ actor: 'bob', action: 'job-cancelled' });
  });

  test('an active job is stopped, ends cancelled whatever its process says, and is not repeated', async () => {
    await using lab = await startedLab('mcu-1');
    const { jobId } = lab.run(0).claim.job;
    expect(lab.scheduler.cancel(jobId, 'bob').state).toBe('active');
    expect(lab.run(0).cancelCount).toBe(1);
    await endRun(lab, 0, { ...failedWith('run/child-died'), boardSafe: false });
    expect(lab.madeSafe).toEqual(['mcu-1']);
    expect(lab.store.job(jobId)).toMatchObject({ state: 'cancelled', verdict: 'aborted' });
    expect(lab.store.runs()[0]?.error?.code).toBe('run/cancelled');
    expect(lab.launched).toHaveLength(1);
  });

  test('a measurement that was complete before the cancel took effect stays', async () => {
    await using lab = await startedLab('mcu-1');
    lab.scheduler.cancel(lab.run(0).claim.job.jobId, 'bob');
    await endRun(lab, 0, completed);
    expect(lab.store.jobs()[0]).toMatchObject({ state: 'done', verdict: 'pass' });
  });
});

describe('drain and stop', () => {
  test('drain lets the run finish and starts no other', async () => {
    await using lab = await startedLab('mcu-1', 'mcu-1');
    const drained = lab.scheduler.drain();
    expect(lab.scheduler.queue()[0]?.waiting.code).toBe('draining');
    await endRun(lab, 0, completed);
    await drained;
    expect(lab.run(0).cancelCount).toBe(0);
    expect(lab.launched).toHaveLength(1);
    expect(lab.store.queue()).toHaveLength(1);
  });

  test('drain stops what still runs after 20 s; the job stays queued for the next start', async () => {
    await using lab = await startedLab('mcu-1');
    lab.run(0).callbacks.onEvent(phase('measuring', 100_000));
    const drained = lab.scheduler.drain();
    await lab.clock.advance(20_000);
    expect(lab.run(0).cancelCount).toBe(1);
    await endRun(lab, 0, { ...failedWith('run/cancelled'), outcome: 'aborted' });
    await drained;
    expect(lab.store.runs()[0]).toMatchObject({ outcome: 'interrupted', results: null });
    expect(lab.store.queue()).toHaveLength(1);
  });

  test('stop stops at once and gives up a process that does not end', async () => {
    await using lab = await startedLab('mcu-1');
    const stopped = lab.scheduler.stop();
    await lab.clock.advance(5_000);
    await stopped;
    expect(lab.store.openRuns()).toEqual([]);
    expect(lab.store.runs()[0]?.outcome).toBe('interrupted');
    expect(lab.madeSafe).toEqual(['mcu-1']);
  });

  test('stop during a recovery lets the present try end and begins no other', async () => {
    await using lab = await startedLab('mcu-1');
    lab.hardware.makeBoardSafe = () => new Promise(() => undefined);
    await endRun(lab, 0, { ...failedWith('dut/timeout'), boardSafe: false });
    const stopped = lab.scheduler.stop();
    await lab.clock.advance(4_000);
    await stopped;
    expect(lab.madeSafe).toEqual(['mcu-1']);
    expect(lab.store.boards()[0]?.state).toBe('unsafe');
    expect(lab.store.queue()).toHaveLength(1);
  });
});
