import type { LoadCore, LoadCoreOptions, LoadLimits } from '../core/load-core-options.ts';
import { loadCore } from '../core/load-core.ts';
import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadEnd } from '../load-end.ts';
import { memoryRows, type MemoryRows } from '../recorder/memory-rows.ts';
import { evenSource } from './even-source.ts';
import { scriptedTarget, type ScriptedTarget } from './scripted-target.ts';

/** Short limits for tests. */
export const shortLimits: LoadLimits = {
  minDurationMs: 0,
  minQueryCount: 10,
  maxDurationMs: 60_000,
  queryDeadlineMs: 500,
  percentile: 0.9,
  outstandingCountMax: 100,
};

/** A load that a test moves by hand; its device answers when the test says so. */
export interface LoadInSteps {
  readonly clock: FakeClock;
  readonly rows: MemoryRows;
  readonly target: ScriptedTarget;
  readonly core: LoadCore;
  /** Moves the clock to `untilMs` after 0 and polls. */
  readonly pollAt: (untilMs: number) => LoadEnd | undefined;
}

/** A load on a fake clock at 0, for tests of single moments. */
export function loadInSteps(
  options: Pick<LoadCoreOptions, 'scenario'> &
    Partial<Omit<LoadCoreOptions, 'limits'>> & { readonly limits?: Partial<LoadLimits> },
): LoadInSteps {
  const clock = fakeClock();
  const rows = memoryRows();
  const target = scriptedTarget(clock, () => undefined);
  const source = evenSource({ betweenMs: options.scenario === 'server' ? 10 : 0 });
  const limits = { ...shortLimits, ...options.limits };
  const core = loadCore({ source, target, rows, clock, ...options, limits });
  return {
    clock,
    rows,
    target,
    core,
    pollAt: (untilMs) => {
      clock.advanceMs(untilMs - clock.nowNs() / 1e6);
      return core.poll(clock.nowNs());
    },
  };
}
