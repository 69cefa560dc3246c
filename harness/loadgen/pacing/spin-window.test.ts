import fc from 'fast-check';
import { expect, test } from 'vitest';

import { nextSpinWindowNs, spinWindow, spinWindowNsMax, spinWindowNsMin } from './spin-window.ts';

test.each([
  { windowNs: 150_000, oversleepNs: 400_000, wider: true },
  { windowNs: 150_000, oversleepNs: 150_001, wider: true },
  { windowNs: 150_000, oversleepNs: 150_000, wider: false },
  { windowNs: 150_000, oversleepNs: 0, wider: false },
  { windowNs: 150_000, oversleepNs: -2000, wider: false },
])('after an oversleep of $oversleepNs a window of $windowNs is wider: $wider', (row) => {
  const next = nextSpinWindowNs(row.windowNs, row.oversleepNs);
  expect(next > row.windowNs).toBe(row.wider);
});

test('one late sleep widens the window about 49 times as much as one in time narrows it', () => {
  const widened = Math.log(nextSpinWindowNs(100_000, 200_000) / 100_000);
  const narrowed = Math.log(100_000 / nextSpinWindowNs(100_000, 50_000));
  expect(widened / narrowed).toBeCloseTo(49, 6);
});

test('a window stays between 20 and 300 µs whatever the sleeps do', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e9, noNaN: true }), { maxLength: 500 }),
      (oversleepsNs) => {
        let windowNs = 150_000;
        for (const oversleepNs of oversleepsNs) windowNs = nextSpinWindowNs(windowNs, oversleepNs);
        expect(windowNs).toBeGreaterThanOrEqual(spinWindowNsMin);
        expect(windowNs).toBeLessThanOrEqual(spinWindowNsMax);
      },
    ),
  );
});

test('a window settles where about 98 % of the sleeps wake inside it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      let [state, windowNs, inside] = [seed, 150_000, 0];
      for (let sleep = 0; sleep < 20_000; sleep += 1) {
        state = (state * 48_271) % 2_147_483_647;
        const oversleepNs = 40_000 + (state / 2_147_483_647) * 200_000;
        if (sleep >= 10_000 && oversleepNs <= windowNs) inside += 1;
        windowNs = nextSpinWindowNs(windowNs, oversleepNs);
      }
      expect(inside).toBeGreaterThan(9600);
      expect(inside).toBeLessThan(9950);
    }),
    { numRuns: 20 },
  );
});

test('sleeps of other lengths have windows of their own', () => {
  const spin = spinWindow();
  for (let sleep = 0; sleep < 100; sleep += 1) spin.note(50e6, 1e6);
  for (let sleep = 0; sleep < 2000; sleep += 1) spin.note(0.5e6, 1000);
  expect(spin.windowNs(50e6)).toBe(spinWindowNsMax);
  expect(spin.windowNs(5e6)).toBe(150_000);
  expect(spin.windowNs(0.5e6)).toBe(spinWindowNsMin);
});

test('within a millisecond no window is wider than 200 µs, whatever the machine does', () => {
  const spin = spinWindow();
  for (let sleep = 0; sleep < 100; sleep += 1) spin.note(0.5e6, 1e9);
  expect(spin.windowNs(0.5e6)).toBe(200_000);
});
