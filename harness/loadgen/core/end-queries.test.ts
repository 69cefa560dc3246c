import { describe, expect, it } from 'vitest';

import { fakeClock } from '../fake-clock.ts';
import { memoryRows } from '../recorder/memory-rows.ts';
import { runLoad } from '../run-load.ts';
import { evenSource } from '../testing/even-source.ts';
import { shortLimits } from '../testing/load-in-steps.ts';
import { rowCounts } from '../testing/row-counts.ts';
import { scriptedTarget } from '../testing/scripted-target.ts';

const ms = 1e6;

describe('a server load whose queries fail', () => {
  it('ends with the error of the device when it answers nothing but failures for 5 s', async () => {
    const clock = fakeClock();
    const rows = memoryRows();
    const gone = new Error('gone');
    const target = scriptedTarget(clock, ({ queryId, index }, { sink, after }) => {
      // One failure in two is single; from the 99th on there is nothing else.
      const isFailure = index >= 100 || index % 2 === 1;
      after(1, () => {
        if (isFailure) sink.fail(queryId, clock.nowNs(), gone);
        else sink.complete(queryId, clock.nowNs());
      });
    });
    const { signal } = new AbortController();
    const limits = { ...shortLimits, minDurationMs: 60_000 };
    const source = evenSource({ betweenMs: 100 });
    const end = await clock.runUntil(
      runLoad({ scenario: 'server', source, target, rows, clock, limits, signal }),
    );
    expect(end).toEqual({ endedBy: 'query-failed', doneCount: 50, error: gone });
    expect(clock.nowNs()).toBeGreaterThan(14_900 * ms);
    expect(clock.nowNs()).toBeLessThan(15_100 * ms);
  });

  it('goes on while lost queries still complete late between failures', async () => {
    const clock = fakeClock();
    const rows = memoryRows();
    const target = scriptedTarget(clock, ({ queryId, index }, { sink, after }) => {
      if (index % 20 !== 0) sink.fail(queryId, clock.nowNs(), new Error('refused'));
      else after(600, () => sink.complete(queryId, clock.nowNs()));
    });
    const { signal } = new AbortController();
    const limits = { ...shortLimits, minDurationMs: 10_000 };
    const source = evenSource({ betweenMs: 100 });
    const end = await clock.runUntil(
      runLoad({ scenario: 'server', source, target, rows, clock, limits, signal }),
    );
    expect(end).toEqual({ endedBy: 'complete', doneCount: 0 });
    expect(rowCounts(rows)).toMatchObject({ failed: 95, lost: 6 });
  });
});
