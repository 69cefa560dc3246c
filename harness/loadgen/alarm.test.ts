import { expect, it } from 'vitest';

import { alarm } from './alarm.ts';
import { fakeClock } from './fake-clock.ts';

it('rings at the earliest instant it was set to since it last rang, and once', async () => {
  const clock = fakeClock();
  const rungAtMs: number[] = [];
  using timer = alarm(clock, () => rungAtMs.push(clock.nowNs() / 1e6));
  timer.set(50e6);
  timer.set(20e6);
  timer.set(30e6);
  await clock.runUntil(clock.sleep(100));
  expect(rungAtMs).toEqual([20]);
  timer.set(50e6);
  await clock.runUntil(clock.sleep(1));
  expect(rungAtMs).toEqual([20, 100.000001]);
});

it('does not ring once it is disposed', async () => {
  const clock = fakeClock();
  const rungAtMs: number[] = [];
  {
    using timer = alarm(clock, () => rungAtMs.push(clock.nowNs() / 1e6));
    timer.set(50e6);
  }
  await clock.runUntil(clock.sleep(100));
  expect(rungAtMs).toEqual([]);
});
