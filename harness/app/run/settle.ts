import { labError } from '#harness/contracts/error-catalogue.ts';

import type { RunBench } from './run-bench.ts';

/** Two spans of this length are compared. */
const spanMs = 300;
/** Their mean idle power may differ by this share … */
const idleDriftMax = 0.1;
/** … or by this much, where idle power is close to nothing. */
const idleDriftWattsMax = 0.000_2;
const attemptCountMax = 20;

/**
 * Waits until idle power is steady; without a meter for one span. A board that never settles is not measured.
 *
 * @throws LabError run/not-settled
 */
export async function settle(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { power } = bench.found;
  if (power === undefined) {
    await bench.clock.sleep(spanMs, signal);
    return;
  }
  await power.start(signal);
  await bench.clock.sleep(spanMs, signal);
  let before = await power.meanWattsOver(spanMs, signal);
  for (let attempt = 0; attempt < attemptCountMax; attempt += 1) {
    const now = await power.meanWattsOver(spanMs, signal);
    const driftWatts = Math.abs(now - before);
    if (driftWatts <= Math.max(idleDriftWattsMax, idleDriftMax * before)) return;
    before = now;
  }
  const message = `idle power of ${bench.board.id} still moves by more than ${idleDriftMax * 100} % after ${(attemptCountMax * spanMs) / 1000} s`;
  throw labError('run/not-settled', message);
}
