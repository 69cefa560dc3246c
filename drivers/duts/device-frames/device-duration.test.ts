import { describe, expect, it } from 'vitest';

import { deviceDurationNs } from './device-duration.ts';

const micro = { ticksPerSecond: 1_000_000n, tickBits: 32 };

describe('the duration by the counter of the device', () => {
  it.each([
    ['is what the counter shows', micro, [1000n, 3500n], 3e6, 2.5e6],
    ['goes on over the end of 32 bits', micro, [0xffff_ff00n, 0x100n], 1e6, 512e3],
    ['is 0 for no time at all', micro, [7n, 7n], 2e5, 0],
    ['of a fast oscillator may exceed the wait by 2 %', micro, [0n, 1_015_000n], 1e9, 1.015e9],
    [
      'of nanoseconds at 64 bits is exact',
      { ticksPerSecond: 1_000_000_000n, tickBits: 64 },
      [(1n << 64n) - 5n, 20n],
      1e6,
      25,
    ],
    [
      'counts a whole round of 24 bits',
      { ...micro, tickBits: 24 },
      [10n, 110n],
      16.778e9,
      16_777_316_000,
    ],
  ] as const)('%s', (...row) => {
    const [, counter, [startTicks, endTicks], hostNs, expected] = row;
    expect(deviceDurationNs(counter, { startTicks, endTicks, hostNs })).toBeCloseTo(expected, 3);
  });

  it('is impossible when the counter shows more than the host waited: it ran backwards', () => {
    const work = { startTicks: 3500n, endTicks: 3400n, hostNs: 3e6 };
    expect(deviceDurationNs(micro, work)).toBe('impossible');
    expect(deviceDurationNs({ ...micro, tickBits: 16 }, work)).toBe('impossible');
  });

  it('is ambiguous when a narrow counter may have gone round meanwhile', () => {
    const work = { startTicks: 0n, endTicks: 100n, hostNs: 1e8 };
    expect(deviceDurationNs({ ...micro, tickBits: 16 }, work)).toBe('ambiguous');
  });

  it('is ambiguous when the link seems to have taken half of a round', () => {
    const work = { startTicks: 0n, endTicks: 100n, hostNs: 28e9 };
    expect(deviceDurationNs({ ...micro, tickBits: 24 }, work)).toBe('ambiguous');
  });
});
