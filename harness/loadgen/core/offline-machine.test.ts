import { describe, expect, it } from 'vitest';

import { loadInSteps } from '../testing/load-in-steps.ts';
import { rowCounts } from '../testing/row-counts.ts';
import { wholeLoad } from '../testing/whole-load.ts';

const ms = 1e6;

describe('an offline load', () => {
  it('hands over as much as fits and counts every latency from its start', async () => {
    const limits = { minQueryCount: 250, minDurationMs: 0 };
    const { end, rows, target } = await wholeLoad('offline', limits, { answerMs: 10 });
    expect(end).toEqual({ endedBy: 'complete', doneCount: 250 });
    expect(target.queries).toHaveLength(250);
    expect(new Set(target.queries.map(({ samples }) => samples[0])).size).toBe(100);
    const latencies = Array.from({ length: 250 }, (_, index) => rows.row(index).latencyNs / ms);
    expect([latencies[0], latencies[100], latencies[249]]).toEqual([10, 20, 30]);
    expect(rows.row(249)).toMatchObject({ scheduledAtNs: 0, issueDelayNs: 0 });
  });

  it('goes on until its time is over, in whole passes', async () => {
    const limits = { minDurationMs: 95, countMultiple: 64, outstandingCountMax: 40 };
    const { end } = await wholeLoad('offline', limits, { answerMs: 10 });
    expect(end).toMatchObject({ endedBy: 'complete', doneCount: 448 });
  });

  it('is as long as its largest latency, also when the last completion came just before the time was over', () => {
    const limits = { minQueryCount: 1, minDurationMs: 100, outstandingCountMax: 1 };
    const { core, rows, target, pollAt } = loadInSteps({ scenario: 'offline', limits });
    pollAt(0);
    core.sink.complete(0, 99.999 * ms);
    expect(pollAt(100.001)).toBeUndefined();
    expect(target.queries).toHaveLength(2);
    core.sink.complete(1, 110 * ms);
    expect(pollAt(110.001)).toEqual({ endedBy: 'complete', doneCount: 2 });
    expect(rows.row(1).latencyNs).toBe(110 * ms);
  });

  it('waits for what is outstanding when the time is over, and adds a whole pass when that came too early', () => {
    const limits = {
      minQueryCount: 1,
      minDurationMs: 100,
      outstandingCountMax: 6,
      countMultiple: 3,
    };
    const { core, target, pollAt } = loadInSteps({ scenario: 'offline', limits });
    pollAt(0);
    expect(target.queries).toHaveLength(6);
    expect(pollAt(101)).toBeUndefined();
    core.sink.completeRange(0, 3, 90 * ms);
    expect(pollAt(102)).toBeUndefined();
    expect(target.queries).toHaveLength(6);
    core.sink.completeRange(3, 3, 99 * ms);
    expect(pollAt(103)).toBeUndefined();
    expect(target.queries).toHaveLength(9);
    core.sink.completeRange(6, 3, 104 * ms);
    expect(pollAt(105)).toEqual({ endedBy: 'complete', doneCount: 9 });
  });

  it('takes ranges, also those that lap the ring, and says of a doubtful one what each query was', () => {
    const { core, rows, target, pollAt } = loadInSteps({
      scenario: 'offline',
      limits: { minQueryCount: 3000, outstandingCountMax: 600 },
    });
    for (let batch = 0; batch < 5; batch += 1) {
      expect(pollAt(batch)).toBeUndefined();
      core.sink.completeRange(600 * batch, 600, batch * ms + 1);
    }
    expect(target.queries).toHaveLength(3000);
    core.sink.completeRange(2990, 20, 5 * ms);
    expect(rowCounts(rows)).toEqual({ completed: 3000, duplicate: 10, unknown: 10 });
    expect(rows.row(1200)).toMatchObject({ scheduledAtNs: 0, latencyNs: 2 * ms + 1 });
    expect(core.tally().timedNs).toBe(600 * (5 + 10 * ms));
    expect(pollAt(50)).toEqual({ endedBy: 'complete', doneCount: 3000 });
  });
});
