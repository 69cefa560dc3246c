import type { InferenceWindow } from '#harness/contracts/dut.ts';

import { windowDurationNs } from '../raw/windows.ts';

/** Inferences per second of each window. */
export function windowRates(windows: readonly InferenceWindow[]): number[] {
  return windows.map((window) => (window.inferenceCount * 1e9) / windowDurationNs(window));
}
