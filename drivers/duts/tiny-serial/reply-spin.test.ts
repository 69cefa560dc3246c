import { setImmediate as loopTurn } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { replySpin, type ReplySpin } from './reply-spin.ts';

interface Bench {
  readonly spin: ReplySpin;
  readonly pass: (durationNs: number) => void;
  /** How often the time was asked for in some turns of the event loop: a spin asks once a turn. */
  readonly turnsAwake: () => Promise<number>;
}

function bench(): Bench {
  let nowNs = 1e9;
  let askedCount = 0;
  const spin = replySpin(() => {
    askedCount += 1;
    return nowNs;
  });
  return {
    spin,
    pass: (durationNs) => {
      nowNs += durationNs;
    },
    turnsAwake: async () => {
      const before = askedCount;
      for (let turn = 0; turn < 10; turn += 1) await loopTurn();
      return askedCount - before;
    },
  };
}

test('the first reply of a device is waited for asleep', async () => {
  const { spin, turnsAwake } = bench();
  spin.begin();
  expect(await turnsAwake()).toBe(0);
});

test('after a reply within 0.1 ms the loop stays awake for the next, and sleeps once it is there', async () => {
  const { spin, pass, turnsAwake } = bench();
  spin.begin();
  pass(60_000);
  spin.end();
  spin.begin();
  expect(await turnsAwake()).toBeGreaterThan(5);
  pass(30_000);
  spin.end();
  await turnsAwake();
  expect(await turnsAwake()).toBe(0);
});

test('it stays awake for 0.06 ms and no longer, and not for the next reply then', async () => {
  const { spin, pass, turnsAwake } = bench();
  spin.begin();
  pass(60_000);
  spin.end();
  spin.begin();
  pass(60_000);
  expect(await turnsAwake()).toBeLessThan(2);
  pass(7e6);
  spin.end();
  spin.begin();
  expect(await turnsAwake()).toBe(0);
});
