import process from 'node:process';

import { errorRecord } from '#harness/contracts/error-record.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import type { LoadCoreOptions } from '#harness/loadgen/core/load-core-options.ts';
import { loadCore } from '#harness/loadgen/core/load-core.ts';
import { probeWatch } from '#harness/loadgen/find-peak/probe-watch.ts';
import type { LoadProgress } from '#harness/loadgen/load-end.ts';
import { pumpPrecisely } from '#harness/loadgen/pacing/pump-precisely.ts';
import { spinWindow, type SpinWindow } from '#harness/loadgen/pacing/spin-window.ts';
import { querySource } from '#harness/loadgen/plan/query-source.ts';
import { rowRingWriter } from '#harness/loadgen/row-ring-writer.ts';

import { bridgeTarget } from './bridge-target.ts';
import type { IssueLoad, IssueOutcome } from './issue-thread-protocol.ts';
import { bridgeControl, type BridgeControl } from './load-bridge.ts';

/** Troubles of a load that are logged one by one; the rows hold them all. */
const loggedTroubleCountMax = 100;

/** What the issuing thread works with besides the load itself. */
export interface IssueTools {
  readonly clock: Clock;
  /** Kept from load to load: it knows the machine. */
  readonly spin?: SpinWindow;
  readonly log: LogWriter;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Called before answers are collected: where a device of the same thread can give some. */
  readonly beforeCollect?: () => void;
}

/** Logs the first troubles; none after them. */
function troubleLog(log: LogWriter): NonNullable<LoadCoreOptions['onTrouble']> {
  let loggedCount = 0;
  return ({ queryId, kind, error }) => {
    loggedCount += 1;
    if (loggedCount > loggedTroubleCountMax) return;
    const cause = error === undefined ? {} : { error: errorRecord(error).message };
    log({ level: 'warn', message: 'query in trouble', fields: { queryId, kind, ...cause } });
  };
}

/** Microseconds of processor time that this thread has used. */
function threadCpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** Blocks until the device's thread serves the bridge, the load is aborted, or so long has passed. */
function awaitDevice(control: BridgeControl, clock: Clock, awaitMs: number): void {
  const endAtNs = clock.nowNs() + awaitMs * 1e6;
  for (;;) {
    const ticket = control.issuerBell.ticket();
    const leftNs = endAtNs - clock.nowNs();
    if (control.isServed() || control.isAborted() || leftNs <= 0) return;
    control.issuerBell.sleep(leftNs, ticket);
  }
}

/**
 * Issues one load from this thread, which it blocks until the load has ended; the bridge's abort ends it at once.
 *
 * @throws LabError evidence/write-failed when the log's thread does not follow
 */
export function issueLoad(load: IssueLoad, tools: IssueTools): IssueOutcome {
  const { bridge, plan, limits, probe } = load;
  const { clock, log, onProgress, beforeCollect } = tools;
  const rows = rowRingWriter(load.rows, clock);
  const control = bridgeControl(bridge);
  const { target, collect } = bridgeTarget(bridge);
  const watch = probe === undefined ? undefined : probeWatch(probe);
  const core = loadCore({
    scenario: plan.scenario,
    source: querySource(plan),
    target,
    rows,
    clock,
    limits,
    ...(watch === undefined ? {} : { isDecided: watch.isDecided }),
    onTrouble: troubleLog(log),
  });
  awaitDevice(control, clock, load.awaitDeviceMs ?? 0);
  const startedAtNs = clock.nowNs();
  const startedCpuUs = threadCpuUs();
  const { end, pacing } = pumpPrecisely({
    core,
    clock,
    wait: { ...control.issuerBell, isAborted: control.isAborted },
    spin: tools.spin ?? spinWindow(),
    collect:
      beforeCollect === undefined
        ? collect
        : () => {
            beforeCollect();
            return collect();
          },
    onReport: () => onProgress(core.progress()),
  });
  const endedAtNs = clock.nowNs();
  return {
    endedBy: end.endedBy,
    doneCount: end.doneCount,
    error: end.endedBy === 'query-failed' ? errorRecord(end.error) : null,
    tally: { ...core.tally() },
    rows: rows.statistics(),
    pacing,
    cpuShare: ((threadCpuUs() - startedCpuUs) * 1000) / Math.max(1, endedAtNs - startedAtNs),
    startedAtNs,
    endedAtNs,
    decision: watch?.decision() ?? null,
  };
}
