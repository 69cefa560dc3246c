import type { InferenceWindow } from '#harness/contracts/dut.ts';

import { windowDurationNs } from '../raw/windows.ts';

/** The first of the windows that took least; undefined of none. */
export function shortestWindow(
  windows: readonly InferenceWindow[],
): { readonly inferenceCount: number; readonly durationNs: number } | undefined {
  const durations = windows.map(windowDurationNs);
  const durationNs = Math.min(...durations);
  const window = windows[durations.indexOf(durationNs)];
  return window === undefined ? undefined : { inferenceCount: window.inferenceCount, durationNs };
}
