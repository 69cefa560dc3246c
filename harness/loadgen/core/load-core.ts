import type { LoadEnd } from '../load-end.ts';
import { completionSink } from './completion-sink.ts';
import { expireQueries, nextDeadlineNs } from './end-queries.ts';
import type { LoadCore, LoadCoreOptions } from './load-core-options.ts';
import type { LoadMachine } from './load-machine.ts';
import { loadProgress } from './load-progress.ts';
import { loadEnd, newLoad, type LoadState } from './load-state.ts';
import { offlineMachine } from './offline-machine.ts';
import { serverMachine } from './server-machine.ts';
import { streamMachine } from './stream-machine.ts';

function machineOf(load: LoadState): LoadMachine {
  switch (load.options.scenario) {
    case 'single-stream':
    case 'multi-stream':
      return streamMachine(load);
    case 'server':
      return serverMachine(load);
    case 'offline':
      return offlineMachine(load);
  }
}

function start(load: LoadState, nowNs: number): void {
  load.phase = 'running';
  load.startedAtNs = nowNs;
  load.endAtNs = nowNs + load.options.limits.maxDurationMs * 1e6;
  load.tally.lastScheduledAtNs = nowNs;
}

function isOver({ phase, ring }: LoadState): boolean {
  return phase === 'draining' && ring.issuedCount === 0 && ring.lineHeadId === ring.nextId;
}

/** Nothing is heard or issued any more; whoever still stages is told. */
function close(load: LoadState): void {
  load.phase = 'ended';
  load.over.abort(new DOMException('the load has ended', 'AbortError'));
}

function pollOnce(load: LoadState, machine: LoadMachine, nowNs: number): void {
  const { isWoken } = load;
  load.isWoken = false;
  if (load.phase === 'new') start(load, nowNs);
  load.latestNs = Math.max(load.latestNs, nowNs);
  expireQueries(load, nowNs);
  machine.advance(nowNs, isWoken);
}

/**
 * A load as a state machine, the same for all scenarios; it begins at the first poll. It keeps what is outstanding in
 * arrays made once, allocates nothing for a query that is answered, and never waits.
 *
 * A query's deadline has come when `queryDeadlineMs` have passed since its scheduled instant (server) or its issue: at
 * that very instant it is lost, and a completion stamped with it is late.
 */
export function loadCore(options: LoadCoreOptions): LoadCore {
  const load = newLoad(options);
  const machine = machineOf(load);
  const sink = completionSink(load);
  let end: LoadEnd | undefined;
  options.target.connect(sink);
  return {
    sink,
    dueAtNs: () => {
      if (load.phase === 'new' || load.phase === 'ended' || load.isWoken) return 0;
      return Math.min(machine.dueAtNs(), nextDeadlineNs(load));
    },
    poll: (nowNs) => {
      if (end !== undefined) return end;
      load.isPolling = true;
      try {
        pollOnce(load, machine, nowNs);
      } finally {
        load.isPolling = false;
      }
      if (load.broken !== undefined) {
        close(load);
        throw load.broken.error;
      }
      if (!isOver(load)) return undefined;
      end = loadEnd(load);
      close(load);
      return end;
    },
    abort: () => {
      end ??= { endedBy: 'aborted', doneCount: load.tally.completedCount };
      if (load.phase !== 'ended') close(load);
      return end;
    },
    tally: () => load.tally,
    progress: loadProgress(load),
  };
}
