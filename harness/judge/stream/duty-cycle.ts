import type { DutyCycle } from '#harness/contracts/records/stream-record.ts';

import { sumOf } from '../statistics/compensated-sum.ts';

/** Edges of the processing pin by the recorder's clock, nanoseconds, ascending. */
export interface FrameEdges {
  readonly startsNs: readonly number[];
  readonly stopsNs: readonly number[];
}

interface Frame {
  readonly startNs: number;
  readonly onNs: number;
}

/** Frames that have both edges: each start with the stop that comes before the next start. */
function wholeFrames({ startsNs, stopsNs }: FrameEdges): Frame[] {
  const frames: Frame[] = [];
  let place = 0;
  for (const [index, startNs] of startsNs.entries()) {
    while ((stopsNs[place] ?? Number.POSITIVE_INFINITY) <= startNs) place += 1;
    const stopNs = stopsNs[place];
    const nextStartNs = startsNs[index + 1] ?? Number.POSITIVE_INFINITY;
    if (stopNs !== undefined && stopNs <= nextStartNs)
      frames.push({ startNs, onNs: stopNs - startNs });
  }
  return frames;
}

/**
 * Duty cycle, mean(on) / mean(period), of the first frames; the throughput that it would allow is 1 / mean(on). Pure.
 *
 * @param frameCountMax - frames that are used at most
 * @returns undefined when fewer than two frames have both edges
 * @see protocol sheet "mlperf-tiny", section 2, sww
 */
export function dutyCycleOf(edges: FrameEdges, frameCountMax: number): DutyCycle | undefined {
  const frames = wholeFrames(edges).slice(0, frameCountMax);
  if (frames.length < 2) return undefined;
  const periodsNs = frames
    .slice(1)
    .map(({ startNs }, index) => startNs - (frames[index]?.startNs ?? 0));
  const meanOnNs = sumOf(frames.map(({ onNs }) => onNs)) / frames.length;
  const meanPeriodNs = sumOf(periodsNs) / periodsNs.length;
  if (meanOnNs <= 0 || meanPeriodNs <= 0) return undefined;
  return {
    frameCount: frames.length,
    meanOnNs,
    meanPeriodNs,
    dutyCycle: meanOnNs / meanPeriodNs,
    periodVariation: (Math.max(...periodsNs) - Math.min(...periodsNs)) / meanPeriodNs,
    inferencesPerSecond: 1e9 / meanOnNs,
  };
}
