import process from 'node:process';

import { expect, test } from 'vitest';

import { systemClock } from './system-clock.ts';

test('the clock counts whole nanoseconds and never goes back', () => {
  const clock = systemClock();
  let lastNs = 0;
  for (let reading = 0; reading < 10_000; reading += 1) {
    const nowNs = clock.nowNs();
    expect(Number.isInteger(nowNs)).toBe(true);
    expect(nowNs).toBeGreaterThanOrEqual(lastNs);
    lastNs = nowNs;
  }
});

test('clocks of one origin lie on the time line of the machine, an origin of an hour ago too', () => {
  const originNs = process.hrtime.bigint() - 3_600_000_000_000n;
  const clock = systemClock(originNs);
  const other = systemClock(originNs);
  const beforeNs = Number(process.hrtime.bigint() - originNs);
  const ours = clock.nowNs();
  const theirs = other.nowNs();
  const afterNs = Number(process.hrtime.bigint() - originNs);
  const alignmentNs = 10_000;
  for (const nowNs of [ours, theirs]) {
    expect(nowNs).toBeGreaterThan(beforeNs - alignmentNs);
    expect(nowNs).toBeLessThan(afterNs + alignmentNs);
  }
});
