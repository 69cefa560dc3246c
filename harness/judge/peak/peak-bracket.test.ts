import { describe, expect, it } from 'vitest';

import { peakBracket, saturatedQps, type ProbePoint } from './peak-bracket.ts';
import type { ProbeDecision } from './probe-decision.ts';

const settings = { resolution: 0.05, probeMaxDurationMs: 60_000 };

/** A probe; by default of full length. */
function probe(
  targetQps: number,
  decision: ProbeDecision,
  change: Partial<ProbePoint['findings']> & { readonly endedEarly?: boolean } = {},
): ProbePoint {
  const { endedEarly = false, ...findings } = change;
  return {
    targetQps,
    endedEarly,
    findings: {
      decision,
      queryCount: 1000,
      overLimitCount: decision === 'breaks' ? 50 : 0,
      lostCount: 0,
      durationMs: 59_990,
      meanLatencyNs: 1e6,
      completedPerSecond: targetQps,
      ...findings,
    },
  };
}

describe('what probes say of the peak', () => {
  it.each([
    { what: 'nothing', probes: [], bracket: {} },
    { what: 'one held', probes: [probe(100, 'holds')], bracket: { holdsQps: 100 } },
    {
      what: 'two held, two broke',
      probes: [
        probe(100, 'holds'),
        probe(400, 'breaks'),
        probe(200, 'holds'),
        probe(300, 'breaks'),
      ],
      bracket: { holdsQps: 200, breaksQps: 300 },
    },
    {
      what: 'a rate that held breaks at its full length',
      probes: [probe(100, 'holds'), probe(200, 'holds'), probe(200, 'breaks')],
      bracket: { holdsQps: 100, breaksQps: 200 },
    },
    {
      what: 'overloaded, the device answers at less than what held: it has become slower',
      probes: [
        probe(100, 'holds'),
        probe(200, 'holds'),
        probe(220, 'breaks', { endedEarly: true, overLimitCount: 800, completedPerSecond: 150 }),
      ],
      bracket: { holdsQps: 100, breaksQps: 220 },
    },
    {
      what: 'undecided once is open',
      probes: [probe(100, 'undecided')],
      bracket: {},
    },
    {
      what: 'undecided twice, the second time twice as long, is broken',
      probes: [probe(100, 'undecided'), probe(100, 'undecided', { durationMs: 119_990 })],
      bracket: { breaksQps: 100 },
    },
    {
      what: 'a short probe that broke by its end alone may have met a stall',
      probes: [probe(100, 'breaks', { durationMs: 2000 })],
      bracket: {},
    },
    {
      what: 'a short probe that the watch ended did break',
      probes: [probe(100, 'breaks', { durationMs: 2000, endedEarly: true })],
      bracket: { breaksQps: 100 },
    },
  ])('$what', ({ probes, bracket }) => {
    expect(peakBracket(probes, settings)).toEqual(bracket);
  });

  it('the rate of answers is a capacity only of a device that could not keep up', () => {
    const behind = { overLimitCount: 800, completedPerSecond: 70 };
    expect(saturatedQps(probe(100, 'breaks', behind))).toBe(70);
    expect(
      saturatedQps(probe(100, 'breaks', { ...behind, completedPerSecond: 99 })),
    ).toBeUndefined();
    expect(saturatedQps(probe(100, 'breaks', { ...behind, overLimitCount: 50 }))).toBeUndefined();
    expect(saturatedQps(probe(100, 'holds', behind))).toBeUndefined();
  });
});
