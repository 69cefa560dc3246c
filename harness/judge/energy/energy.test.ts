import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assertDefined } from '#harness/kernel/assert.ts';

import type { PowerBlocks, RecordedPowerBlock } from '../raw/power-blocks.ts';
import {
  alignPower,
  lostPowerSampleCount,
  powerSampleCount,
  type PowerTrace,
} from './align-power.ts';
import { meanPowerWatts, windowEnergy } from './window-energy.ts';

const ms = 1e6;

/** Samples of 1 ms, `delayMs` late, the first one taken 5 ms after the run clock's 0. */
function block(
  firstSampleIndex: number,
  joules: readonly number[],
  change: { readonly delayMs?: number; readonly lostSampleCount?: number } = {},
): RecordedPowerBlock {
  const { delayMs = 0, lostSampleCount = 0 } = change;
  const arrivedAtNs = (5 + firstSampleIndex + joules.length + delayMs) * ms;
  const energyJoules = Float32Array.from(joules);
  return { firstSampleIndex, arrivedAtNs, sampleRateHz: 1000, lostSampleCount, energyJoules };
}

function power(...blocks: readonly RecordedPowerBlock[]): PowerBlocks {
  return { blocks, cutByteCount: 0 };
}

function traceOf(...blocks: readonly RecordedPowerBlock[]): PowerTrace {
  return assertDefined(alignPower(power(...blocks)), 'there are samples');
}

describe('alignPower', () => {
  it('takes the quickest of three blocks as the bound of the delay', () => {
    const trace = traceOf(
      block(0, [1, 1], { delayMs: 9 }),
      block(2, [1, 1], { delayMs: 3 }),
      block(4, [1, 1], { delayMs: 4 }),
    );
    expect(trace.startNs(0)).toBe(8 * ms);
    expect(trace.startNs(4)).toBe(12 * ms);
    expect(trace.offsetUncertaintyNs).toBe(1 * ms);
    expect([trace.firstSampleIndex, trace.endSampleIndex]).toEqual([0, 6]);
  });

  it('gives nothing without samples', () => {
    expect(alignPower(power())).toBeUndefined();
    expect(alignPower(power(block(0, [])))).toBeUndefined();
  });

  it('counts samples, and lost ones by the time stamps or by a jump of the index', () => {
    const blocks = [
      block(0, [1, 1]),
      block(5, [1], { lostSampleCount: 3 }),
      block(6, [1], { lostSampleCount: 2 }),
      block(8, [1]),
    ];
    expect(powerSampleCount(power(...blocks))).toBe(5);
    expect(lostPowerSampleCount(power(...blocks))).toBe(6);
  });
});

describe('windowEnergy', () => {
  it('sums the samples that start at or after t0 and before t1', () => {
    const trace = traceOf(block(0, [1, 2, 4]), block(3, [8, 16]));
    const energy = (from: number, to: number): number =>
      windowEnergy(trace, { startedAtNs: from * ms, endedAtNs: to * ms }).joules;
    expect(energy(6, 8)).toBe(2 + 4);
    expect(energy(5.5, 8.5)).toBe(2 + 4 + 8);
    expect(energy(5, 10)).toBe(31);
  });

  it('is complete only where every sample was recorded', () => {
    const complete = (trace: PowerTrace, from: number, to: number): boolean =>
      windowEnergy(trace, { startedAtNs: from * ms, endedAtNs: to * ms }).complete;
    const whole = traceOf(block(0, [1, 1, 1]), block(3, [1, 1, 1]));
    expect(complete(whole, 5, 11)).toBe(true);
    expect(complete(whole, 4.5, 11)).toBe(true);
    expect(complete(whole, 4, 11)).toBe(false);
    expect(complete(whole, 5, 11.5)).toBe(false);
    expect(complete(whole, 20, 30)).toBe(false);
    expect(complete(whole, 6.2, 6.8)).toBe(false);
    const torn = traceOf(block(0, [1, 1, Number.NaN, 1, 1, 1]));
    expect(complete(torn, 5, 7)).toBe(true);
    expect(complete(torn, 5, 8)).toBe(false);
    const jump = traceOf(block(0, [1, 1, 1]), block(4, [1, 1, 1]));
    expect(complete(jump, 5, 8)).toBe(true);
    expect(complete(jump, 7, 10)).toBe(false);
    const lost = traceOf(block(0, [1, 1, 1]), block(3, [1, 1, 1], { lostSampleCount: 1 }));
    expect(complete(lost, 5, 7)).toBe(true);
    expect(complete(lost, 6, 10)).toBe(false);
    expect(complete(lost, 9, 11)).toBe(true);
  });

  it('of two neighbouring windows adds up to the window over both', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 9 }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)),
        (parts, instants) => {
          let index = 0;
          const trace = traceOf(
            ...parts.map((joules) => {
              index += joules.length;
              return block(index - joules.length, joules);
            }),
          );
          const [a = 0, b = 0, c = 0] = instants.toSorted((x, y) => x - y).map((at) => at * ms);
          const joules = (startedAtNs: number, endedAtNs: number): number =>
            windowEnergy(trace, { startedAtNs, endedAtNs }).joules;
          expect(joules(a, b) + joules(b, c)).toBe(joules(a, c));
        },
      ),
    );
  });
});

describe('meanPowerWatts', () => {
  const trace = traceOf(
    block(
      0,
      Array.from({ length: 20 }, () => 0.002),
    ),
  );

  it('is energy per time of the recorded part: 2 mJ each ms is 2 W', () => {
    const whole = { startedAtNs: 0, endedAtNs: 30 * ms };
    expect(meanPowerWatts(trace, whole)).toBeCloseTo(2, 6);
  });

  it('is nothing from 9 samples', () => {
    expect(meanPowerWatts(trace, { startedAtNs: 5 * ms, endedAtNs: 14 * ms })).toBeNull();
    expect(meanPowerWatts(trace, { startedAtNs: 5 * ms, endedAtNs: 15 * ms })).not.toBeNull();
  });
});
