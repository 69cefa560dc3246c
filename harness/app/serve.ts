import { randomUUID } from 'node:crypto';
import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createApi } from '#harness/api/create-api.ts';
import { loadLabConfig, type LoadedLab } from '#harness/config/load-lab-config.ts';
import type { LabConfig } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabService } from '#harness/contracts/lab-service.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { RecoveryStep } from '#harness/contracts/records/run-record.ts';
import type { DaemonIdentity, ResultStore } from '#harness/contracts/result-store.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { createLabScheduler, type LabScheduler } from '#harness/stations/lab-scheduler.ts';
import { recoverLab } from '#harness/stations/recover-lab.ts';
import type { MakeBoardSafe } from '#harness/stations/run-launcher.ts';
import { acquireDaemonLock } from '#harness/store/sqlite/daemon-lock.ts';
import { openSqliteStore } from '#harness/store/sqlite/open-sqlite-store.ts';
import { openLabKeys } from '#reports/signing/lab-keys.ts';
import { onnxInferenceRuntime } from '#suites/runtime/onnx-inference-runtime.ts';

import { openDaemonLog } from './lab/daemon-log.ts';
import { earlierAttempt } from './lab/earlier-attempt.ts';
import { launchRun } from './lab/launch-run.ts';
import { makeBoardSafe } from './lab/make-board-safe.ts';
import { partialLoadNote } from './lab/partial-load.ts';
import { killRecorded } from './lab/recorded-process.ts';
import { startSimulators } from './lab/simulators.ts';
import { watchBoards } from './lab/watch-boards.ts';
import { runSettings } from './run/run-settings.ts';
import { assayVersion } from './run/software-versions.ts';

const defaultPort = 4610;
/** A run needs some ten megabytes; below this none is started. */
const freeBytesMin = 256 * 1024 ** 2;
/** A cancelled run still releases its board and seals what it has. */
const cancelBoundMs = 60_000;

/** What `assay serve` is asked for. */
export interface ServeRequest {
  readonly configPath?: string;
  /** Instead of `server.port`; 0 takes any free one. */
  readonly port?: number;
  readonly onStatus: (line: string) => void;
}

/** A daemon at work. Disposing it stops runs, makes boards safe and closes everything. */
export interface RunningLab extends AsyncDisposable {
  readonly url: string;
  readonly service: LabService;
  readonly config: LabConfig;
  /** Resolves when the daemon has stopped. */
  readonly ended: Promise<void>;
}

interface Daemon {
  readonly lab: LoadedLab;
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly store: ResultStore;
  readonly owner: DaemonIdentity;
}

function isDiskLow(stateDir: string): boolean {
  const { bavail, bsize } = statfsSync(stateDir);
  return bavail * bsize < freeBytesMin;
}

function boardSafety({ lab, clock, log, store }: Daemon): MakeBoardSafe {
  const inference = onnxInferenceRuntime();
  return (boardId, signal) => {
    const onStep = ({ rung, helped }: RecoveryStep): void =>
      store.countRecovery({ boardId, rung, helped }, clock.utcMs());
    return makeBoardSafe(lab, boardId, { clock, inference, log, signal, onStep });
  };
}

function syncBoards({ store, lab }: Daemon): void {
  store.syncBoards(
    lab.config.boards.map(({ id, name, maker, stationId, driver, powerMeterId }) => ({
      boardId: id,
      name,
      maker,
      stationId,
      driver: driver.id,
      powerMeterId: powerMeterId ?? null,
    })),
  );
}

async function recover(daemon: Daemon, onStatus: (line: string) => void): Promise<void> {
  const { store, clock, log, owner } = daemon;
  const report = await recoverLab({
    store,
    clock,
    log,
    owner,
    makeBoardSafe: boardSafety(daemon),
    killStrayChild: (child, signal) => killRecorded(child, clock, signal),
    partialLoadNote,
  });
  for (const runId of report.interruptedRunIds) onStatus(`recovered: run ${runId} was interrupted`);
  for (const boardId of report.unsafeBoardIds) onStatus(`board ${boardId} could not be made safe`);
}

function schedulerOf(daemon: Daemon): LabScheduler {
  const { lab, store, clock, log, owner } = daemon;
  return createLabScheduler({
    lab: lab.config.lab,
    version: assayVersion(),
    owner,
    store,
    clock,
    log,
    checkSettings: (job) => void runSettings(lab, job),
    suites: lab.config.suites.map(({ id, version, title }) => ({ suiteId: id, version, title })),
    runsFolder: join(lab.stateDir, 'runs'),
    isDiskLow: () => isDiskLow(lab.stateDir),
    makeBoardSafe: boardSafety(daemon),
    launchRun: (claim, { onEvent }) => {
      const runs = store.runs({ jobId: claim.job.jobId });
      const earlier = earlierAttempt(runs, claim.run.runId);
      return launchRun(claim, { ...lab, ...(earlier === undefined ? {} : { earlier }) }, onEvent);
    },
    settings: { cancelBoundMs },
  });
}

async function listen(
  daemon: Daemon,
  service: LabService,
  port: number,
): Promise<{ url: string } & AsyncDisposable> {
  const host = daemon.lab.config.server?.host ?? '127.0.0.1';
  const { clock, log } = daemon;
  const consoleDir = fileURLToPath(new URL('../console', import.meta.url));
  const trustedHosts = [host.toLowerCase()];
  const app = await createApi({ service, clock, log, consoleDir, trustedHosts });
  try {
    const url = await app.listen({ host, port });
    return { url, [Symbol.asyncDispose]: () => app.close() };
  } catch (cause) {
    await app.close();
    throw labError(
      'daemon/port-in-use',
      `${host}:${port} cannot be listened on: ${String(cause)}`,
      { cause },
    );
  }
}

/**
 * Starts the daemon of a lab: lock, store, keys, simulators, recovery, scheduler, HTTP. What was opened is closed again
 * when a later step fails.
 *
 * @throws LabError config/…, store/…, evidence/key-unusable, simulator/failed, daemon/port-in-use
 */
export async function serveLab(request: ServeRequest, signal: AbortSignal): Promise<RunningLab> {
  const clock = systemClock();
  const lab = await loadLabConfig(request.configPath);
  // Paths of boards and simulators are relative to the configuration.
  process.chdir(lab.rootDir);
  await using stack = new AsyncDisposableStack();
  mkdirSync(lab.stateDir, { recursive: true });
  stack.use(acquireDaemonLock({ stateDir: lab.stateDir, pid: process.pid }));
  const log = stack.adopt(openDaemonLog(lab.stateDir, clock), (open) => open.close()).write;
  const store = stack.use(openSqliteStore({ path: join(lab.stateDir, 'lab.sqlite'), clock }));
  await openLabKeys({ stateDir: lab.stateDir, labName: lab.config.lab.name, clock });
  const daemon: Daemon = {
    lab,
    clock,
    log,
    store,
    owner: { bootId: randomUUID(), pid: process.pid },
  };
  stack.use(await startSimulators(lab, signal));
  syncBoards(daemon);
  await recover(daemon, request.onStatus);
  const scheduler = stack.use(schedulerOf(daemon));
  const port = request.port ?? lab.config.server?.port ?? defaultPort;
  const { url } = stack.use(await listen(daemon, scheduler, port));
  scheduler.start();
  stack.use(await watchBoards({ boards: lab.config.boards, store, clock, log }));
  log({ level: 'info', message: 'serving', fields: { url, pid: process.pid } });
  const opened = stack.move();
  const ended = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  return {
    url,
    service: scheduler,
    config: lab.config,
    ended: ended.promise,
    [Symbol.asyncDispose]: async () => {
      stopping ??= opened.disposeAsync().finally(() => ended.resolve());
      await stopping;
    },
  };
}
