import type { LoadLimits, LoadScenario } from '../core/load-core-options.ts';
import { fakeClock, type FakeClock } from '../fake-clock.ts';
import type { LoadEnd } from '../load-end.ts';
import { memoryRows, type MemoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { evenSource } from './even-source.ts';
import { shortLimits } from './load-in-steps.ts';
import { scriptedTarget, type ScriptedTarget } from './scripted-target.ts';

/** What came of a load. */
export interface WholeLoad {
  readonly end: LoadEnd;
  readonly rows: MemoryRows;
  readonly target: ScriptedTarget;
  readonly clock: FakeClock;
}

/** A whole load against a device that answers each query after `answerMs`. */
export async function wholeLoad(
  scenario: LoadScenario,
  limits: Partial<LoadLimits> = {},
  options: { answerMs?: number; betweenMs?: number; samplesPerQuery?: number } = {},
): Promise<WholeLoad> {
  const { answerMs = 10, betweenMs = 0, samplesPerQuery = 1 } = options;
  const clock = fakeClock();
  const rows = memoryRows();
  const target = scriptedTarget(clock, ({ queryId }, { sink, after }) =>
    after(answerMs, () => sink.complete(queryId, clock.nowNs())),
  );
  const source = evenSource({ betweenMs, samplesPerQuery });
  const { signal } = new AbortController();
  const all = { ...shortLimits, ...limits };
  const end = await clock.runUntil(
    runLoad({ scenario, source, target, rows, clock, limits: all, signal }),
  );
  return { end, rows, target, clock };
}
