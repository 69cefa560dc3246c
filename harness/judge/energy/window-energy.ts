import type { RecordedPowerBlock } from '../raw/power-blocks.ts';
import { compensatedSum } from '../statistics/compensated-sum.ts';
import type { PowerTrace } from './align-power.ts';

/** A stretch of the run clock in nanoseconds: from `startedAtNs`, up to and without `endedAtNs`. */
export interface ClockSpan {
  readonly startedAtNs: number;
  readonly endedAtNs: number;
}

/** What the recorded samples of a span add up to. */
export interface SpanEnergy {
  readonly joules: number;
  readonly sampleCount: number;
  /** False when a sample of the span is missing, torn, or beside a loss: then `joules` is no measurement. */
  readonly complete: boolean;
}

/** Samples from `first` up to and without `end`. */
interface SampleRange {
  readonly first: number;
  readonly end: number;
}

/** The first sample of the trace that starts at or after the instant; the end of the trace when none does. */
function firstSampleFrom(trace: PowerTrace, atNs: number): number {
  let low = trace.firstSampleIndex;
  let high = trace.endSampleIndex;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (trace.startNs(middle) >= atNs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The part of a block that lies in the range, as places inside the block. */
function placesIn(block: RecordedPowerBlock, range: SampleRange): SampleRange {
  const first = Math.max(0, range.first - block.firstSampleIndex);
  const end = Math.min(block.energyJoules.length, range.end - block.firstSampleIndex);
  return { first, end: Math.max(first, end) };
}

/** Whether samples were lost just before this block, inside or at an edge of the range: their place is not known. */
function lossTouches(block: RecordedPowerBlock, range: SampleRange): boolean {
  const at = block.firstSampleIndex;
  return block.lostSampleCount > 0 && at >= range.first && at <= range.end;
}

/** The energy of the samples whose start lies in the span, recorded ones only. */
function rangeEnergy(trace: PowerTrace, range: SampleRange): SpanEnergy {
  const sum = compensatedSum();
  let sampleCount = 0;
  let complete = true;
  for (const block of trace.blocks) {
    if (lossTouches(block, range)) complete = false;
    const places = placesIn(block, range);
    for (const joules of block.energyJoules.subarray(places.first, places.end)) {
      if (Number.isFinite(joules)) sum.add(joules);
      else complete = false;
    }
    sampleCount += places.end - places.first;
  }
  const whole = sampleCount === range.end - range.first;
  return { joules: sum.total(), sampleCount, complete: complete && whole };
}

/**
 * Energy of a window: the sum over the samples with t0 <= start of the sample < t1. The window must lie inside the
 * recording, else it is not complete.
 *
 * @see protocol sheet "mlperf-tiny", section 2: with this rule published windows reproduce to the printed digit
 */
export function windowEnergy(trace: PowerTrace, window: ClockSpan): SpanEnergy {
  const first = firstSampleFrom(trace, window.startedAtNs);
  const end = firstSampleFrom(trace, window.endedAtNs);
  const energy = rangeEnergy(trace, { first, end });
  const covered =
    trace.startNs(trace.firstSampleIndex - 1) < window.startedAtNs &&
    trace.startNs(trace.endSampleIndex) >= window.endedAtNs;
  return { ...energy, complete: energy.complete && covered && energy.sampleCount > 0 };
}

/** Fewest samples that make a mean power: below it the edges weigh too much. */
const meanSampleCountMin = 10;

/**
 * Mean power over the recorded part of a span in watts: the capture may begin inside it.
 *
 * @returns null when there are fewer than ten samples, or one of them is missing or torn
 */
export function meanPowerWatts(trace: PowerTrace, span: ClockSpan): number | null {
  const range = {
    first: firstSampleFrom(trace, span.startedAtNs),
    end: firstSampleFrom(trace, span.endedAtNs),
  };
  const { joules, sampleCount, complete } = rangeEnergy(trace, range);
  if (!complete || sampleCount < meanSampleCountMin) return null;
  return (joules * trace.sampleRateHz) / sampleCount;
}
