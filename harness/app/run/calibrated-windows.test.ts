import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { InferenceWindow } from '#harness/contracts/dut.ts';
import { windowDurationNs } from '#harness/judge/raw/windows.ts';

import { calibratedWindows, type WindowPlan } from './calibrated-windows.ts';

/** A board whose inferences take so long by its own timer, which counts in ticks. */
interface PacedBoard {
  readonly inferenceNs: number;
  readonly tickNs?: number;
  /** What the host sees longer than the board, once a window. */
  readonly hostNs?: number;
  readonly hasTimer?: boolean;
}

function windowOf(board: PacedBoard, inferenceCount: number): InferenceWindow {
  const { inferenceNs, tickNs = 1_000, hostNs = 2e6, hasTimer = true } = board;
  const tookNs = inferenceNs * inferenceCount;
  return {
    inferenceCount,
    startedAtNs: 1e9,
    endedAtNs: 1e9 + tookNs + hostNs,
    ...(hasTimer ? { deviceDurationNs: Math.floor(tookNs / tickNs) * tickNs } : {}),
  };
}

async function measure(
  board: PacedBoard,
  changes: { readonly latencyNs?: number; readonly sampleCount?: number } = {},
): Promise<{ asked: WindowPlan[]; windows: readonly InferenceWindow[]; shortCount: number }> {
  const asked: WindowPlan[] = [];
  let shortCount = 0;
  const windows = await calibratedWindows({
    windowCount: 5,
    minWindowMs: 10_000,
    sampleCount: 1_000,
    latencyNs: board.inferenceNs + 5e6,
    ...changes,
    ask: (plan) => {
      asked.push(plan);
      return Promise.resolve(windowOf(board, plan.inferenceCount));
    },
    onWindow: () => undefined,
    onShort: () => {
      shortCount += 1;
    },
  });
  return { asked, windows, shortCount };
}

test('one probe, then five windows of more than 10 s with five inputs and one count', async () => {
  // 43.448 ms an inference: the published keyword board.
  const { asked, windows, shortCount } = await measure({ inferenceNs: 43_448_168 });
  expect(asked.map(({ sampleIndex }) => sampleIndex)).toEqual([0, 0, 1, 2, 3, 4]);
  expect(asked[0]?.inferenceCount).toBe(5);
  expect(asked.slice(1).map(({ inferenceCount }) => inferenceCount)).toEqual(
    Array.from({ length: 5 }, () => 254),
  );
  expect(windows.every((window) => windowDurationNs(window) >= 10e9)).toBe(true);
  expect(shortCount).toBe(0);
});

test('the latency of the load before may be wrong tenfold: the probe is repeated, no window is', async () => {
  const { asked, shortCount } = await measure({ inferenceNs: 1e6 }, { latencyNs: 100e6 });
  expect(asked.slice(0, 3).map(({ inferenceCount }) => inferenceCount)).toEqual([2, 221, 11_000]);
  expect(shortCount).toBe(0);
});

test('a board that takes seconds still gets 10 inferences a window', async () => {
  const { windows } = await measure({ inferenceNs: 4e9 });
  expect(windows.map(({ inferenceCount }) => inferenceCount)).toEqual([10, 10, 10, 10, 10]);
});

test('inputs come again only where the set has fewer than windows', async () => {
  const { asked } = await measure({ inferenceNs: 50e6 }, { sampleCount: 3 });
  expect(asked.slice(1).map(({ sampleIndex }) => sampleIndex)).toEqual([0, 1, 2, 0, 1]);
});

test('a board that gets faster after the probe repeats a window with a larger count', async () => {
  let askedCount = 0;
  const counts: number[] = [];
  const windows = await calibratedWindows({
    windowCount: 2,
    minWindowMs: 1_000,
    sampleCount: 8,
    latencyNs: 20e6,
    ask: ({ inferenceCount }) => {
      askedCount += 1;
      counts.push(inferenceCount);
      return Promise.resolve(
        windowOf({ inferenceNs: askedCount === 1 ? 20e6 : 5e6 }, inferenceCount),
      );
    },
    onWindow: () => undefined,
    onShort: () => undefined,
  });
  expect(counts).toEqual([10, 56, 221, 221]);
  expect(windows.map(({ inferenceCount }) => inferenceCount)).toEqual([221, 221]);
});

test('a device whose windows never last is run/window-too-short, not a number', async () => {
  const measurement = {
    windowCount: 1,
    minWindowMs: 1_000,
    sampleCount: 8,
    latencyNs: 1e6,
    ask: () => Promise.resolve(windowOf({ inferenceNs: 1 }, 1)),
    onWindow: () => undefined,
    onShort: () => undefined,
  };
  await expect(calibratedWindows(measurement)).rejects.toMatchObject({
    code: 'run/window-too-short',
  });
});

test('with a steady pace no window is short, by any timer of 1 us to 1 ms', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 10_000, max: 5_000_000_000 }),
      fc.constantFrom(1_000, 10_000, 1_000_000),
      fc.boolean(),
      async (inferenceNs, tickNs, hasTimer) => {
        const { windows, shortCount } = await measure({ inferenceNs, tickNs, hasTimer });
        expect(shortCount).toBe(0);
        expect(windows.every((window) => windowDurationNs(window) >= 10e9)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
