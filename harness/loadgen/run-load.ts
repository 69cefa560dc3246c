import type { Clock } from '#harness/kernel/clock.ts';

import { alarm } from './alarm.ts';
import type { LoadCore, LoadCoreOptions } from './core/load-core-options.ts';
import { loadCore } from './core/load-core.ts';
import type { LoadEnd } from './load-end.ts';
import type { ProgressListener } from './progress-pacer.ts';

/** A load, and who stops and watches it. */
export interface RunLoadOptions extends Omit<LoadCoreOptions, 'onWake'> {
  readonly signal: AbortSignal;
  /** Called every 100 ms of the clock. */
  readonly onProgress?: ProgressListener;
}

/** Between two calls of `onProgress`; the event loop has its turn as often. */
const betweenNs = 100e6;

/** Something to wait for that may have happened before. */
interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring, at once when it rang since the last wait. */
  readonly wait: () => Promise<void> | undefined;
}

function bell(): Bell {
  let hasRung = false;
  let waiting: (() => void) | undefined;
  return {
    ring: () => {
      hasRung = true;
      waiting?.();
    },
    wait: () => {
      if (hasRung) {
        hasRung = false;
        return undefined;
      }
      return new Promise((resolve) => {
        waiting = () => {
          waiting = undefined;
          hasRung = false;
          resolve();
        };
      });
    },
  };
}

/** Gives timers and messages of the thread a turn at least every 100 ms, and tells about progress as often. */
function turns(
  clock: Clock,
  tell: () => void,
): { readonly take: (nowNs: number) => Promise<void> | undefined; readonly dueAtNs: () => number } {
  let nextAtNs = clock.nowNs() + betweenNs;
  const turn = async (): Promise<void> => {
    tell();
    await clock.sleep(0);
    nextAtNs = clock.nowNs() + betweenNs;
  };
  return { take: (nowNs) => (nowNs < nextAtNs ? undefined : turn()), dueAtNs: () => nextAtNs };
}

/** What the pump works with. */
interface Pump {
  readonly core: LoadCore;
  readonly bell: Bell;
  readonly options: RunLoadOptions;
}

async function pumpToEnd({ core, bell: rung, options }: Pump): Promise<LoadEnd> {
  const { clock, signal, onProgress } = options;
  using timer = alarm(clock, rung.ring);
  const turn = turns(clock, () => onProgress?.(core.progress()));
  for (;;) {
    if (signal.aborted) return core.abort();
    const nowNs = clock.nowNs();
    const end = core.poll(nowNs);
    if (end !== undefined) return end;
    const pause = turn.take(nowNs);
    if (pause !== undefined) await pause;
    const dueAtNs = core.dueAtNs();
    if (dueAtNs <= nowNs) continue;
    timer.set(onProgress === undefined ? dueAtNs : Math.min(dueAtNs, turn.dueAtNs()));
    const ring = rung.wait();
    if (ring !== undefined) await ring;
  }
}

/**
 * Runs a load to its end on the event loop: for targets in this thread, whose answers come as promises. It sleeps
 * between instants, to the precision of the clock's `sleep`; a thread of its own meets them better.
 *
 * Ends at the abort of the signal. What the target does after the end has no effect.
 *
 * @throws what the row writer throws
 */
export async function runLoad(options: RunLoadOptions): Promise<LoadEnd> {
  const rung = bell();
  const core = loadCore({ ...options, onWake: rung.ring });
  options.signal.addEventListener('abort', rung.ring, { once: true });
  try {
    return await pumpToEnd({ core, bell: rung, options });
  } finally {
    options.signal.removeEventListener('abort', rung.ring);
    core.abort();
  }
}
