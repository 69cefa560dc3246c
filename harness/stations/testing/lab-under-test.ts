import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabEvent } from '#harness/contracts/lab-event.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import type { Claim, ResultStore } from '#harness/contracts/result-store.ts';
import type { RunOutcome } from '#harness/contracts/run-event.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { openSqliteStore } from '#harness/store/sqlite/open-sqlite-store.ts';
import { boards, owner } from '#harness/store/testing/store-samples.ts';

import { createLabScheduler, type LabScheduler } from '../lab-scheduler.ts';
import type { RunCallbacks, RunLauncher } from '../run-launcher.ts';
import type { SchedulerSettings } from '../scheduler-settings.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';

/** Bounds of the tests, in milliseconds of the manual clock. */
export const testSettings: SchedulerSettings = {
  leaseMs: 3_000,
  tickMs: 1_000,
  launchDeadlineMs: 10_000,
  phaseGraceMs: 2_000,
  cancelBoundMs: 5_000,
  drainBoundMs: 20_000,
  recoveryDeadlineMs: 4_000,
  recoveryTryCountMax: 3,
  recoveryPauseMs: 500,
  storeTryCountMax: 3,
};

/** A run process that the test plays. */
export interface PlayedRun {
  readonly claim: Claim;
  readonly callbacks: RunCallbacks;
  readonly end: (outcome: RunOutcome) => void;
  cancelCount: number;
}

/** A whole lab on a real store, with played processes, hardware and time. */
export interface LabUnderTest extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly store: ResultStore;
  readonly scheduler: LabScheduler;
  readonly launched: PlayedRun[];
  readonly run: (index: number) => PlayedRun;
  readonly events: LabEvent[];
  readonly logged: LogLine[];
  /** Boards that were asked to become safe, in order. */
  readonly madeSafe: string[];
  /** What hardware and store do from now on, and the deadlines of the renewed leases. */
  readonly hardware: {
    makeBoardSafe: (boardId: string, signal: AbortSignal) => Promise<void>;
    failsToLaunch: boolean;
    isDiskLow: boolean;
    isDiskFull: boolean;
    isLeaseLost: boolean;
    readonly renewedUntilMs: number[];
  };
}

/** A store in a folder of its own, with the sample boards. */
export function sampleStore(clock: ManualClock): AsyncDisposable & { readonly store: ResultStore } {
  const folder = mkdtempSync(join(tmpdir(), 'assay-stations-'));
  const store = openSqliteStore({ path: join(folder, 'lab.sqlite'), clock });
  store.syncBoards(boards);
  return {
    store,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function playedLauncher(hardware: LabUnderTest['hardware'], launched: PlayedRun[]): RunLauncher {
  return (claim, callbacks) => {
    if (hardware.failsToLaunch) throw new Error('no process can be started');
    const ended = Promise.withResolvers<RunOutcome>();
    const played: PlayedRun = { claim, callbacks, end: ended.resolve, cancelCount: 0 };
    launched.push(played);
    return {
      pid: 100 + launched.length,
      startTicks: 7,
      cancel: () => {
        played.cancelCount += 1;
      },
      ended: ended.promise,
    };
  };
}

/** The store, except that a full disk takes no end of a run, and a lost lease is not renewed. */
function fallible(store: ResultStore, hardware: LabUnderTest['hardware']): ResultStore {
  return {
    ...store,
    endRun: (request) => {
      if (hardware.isDiskFull) throw labError('evidence/disk-full', 'the disk is full');
      return store.endRun(request);
    },
    renewLease: (runId, fence, untilMs) => {
      hardware.renewedUntilMs.push(untilMs);
      return !hardware.isLeaseLost && store.renewLease(runId, fence, untilMs);
    },
  };
}

/** Makes the lab; it is not started. */
export function labUnderTest(): LabUnderTest {
  const clock = manualClock();
  const made = sampleStore(clock);
  const launched: PlayedRun[] = [];
  const logged: LogLine[] = [];
  const events: LabEvent[] = [];
  const madeSafe: string[] = [];
  const hardware: LabUnderTest['hardware'] = {
    makeBoardSafe: async () => undefined,
    failsToLaunch: false,
    isDiskLow: false,
    isDiskFull: false,
    isLeaseLost: false,
    renewedUntilMs: [],
  };
  const scheduler = createLabScheduler({
    lab: { id: 'test', name: 'Test lab' },
    version: '0.0.0',
    store: fallible(made.store, hardware),
    clock,
    owner,
    checkSettings: () => undefined,
    suites: [{ suiteId: 'keyword-spotting', version: '1', title: 'Keyword spotting' }],
    runsFolder: '/lab/runs',
    settings: testSettings,
    log: (line) => logged.push(line),
    isDiskLow: () => hardware.isDiskLow,
    makeBoardSafe: (boardId, signal) => {
      madeSafe.push(boardId);
      return hardware.makeBoardSafe(boardId, signal);
    },
    launchRun: playedLauncher(hardware, launched),
  });
  scheduler.watch((event) => events.push(event));
  return {
    clock,
    store: made.store,
    scheduler,
    launched,
    run: (index) => assertDefined(launched[index], `run ${index} was launched`),
    events,
    logged,
    madeSafe,
    hardware,
    [Symbol.asyncDispose]: async () => {
      const stopped = scheduler.stop();
      // Whatever the test left running is abandoned after its bounds.
      for (let tick = 0; tick < 60; tick += 1) await clock.advance(1_000);
      await stopped;
      await made[Symbol.asyncDispose]();
    },
  };
}
