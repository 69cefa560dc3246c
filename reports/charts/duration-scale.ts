import { scaleLinear } from 'd3-scale';

import { formatNumber } from '../document/format-quantity.ts';
import type { AxisTick } from './chart-axes.ts';
import { durationUnit } from './duration-unit.ts';
import { logTicks } from './log-ticks.ts';

/** From this ratio of the largest to the smallest duration on, an axis is logarithmic. */
const logRatio = 20;

/** Puts durations on an axis. */
export interface DurationScale {
  /** Place on the page of a duration in nanoseconds; the smallest place for those below the axis. */
  readonly at: (durationNs: number) => number;
  readonly ticks: readonly AxisTick[];
  /** The unit of the tick labels, for the axis title; empty when each label names its own. */
  readonly unit: string;
}

/** What an axis spans: durations in nanoseconds, and where on the page it begins and ends. */
interface Span {
  readonly fromNs: number;
  readonly toNs: number;
  readonly place: readonly [from: number, to: number];
}

/** A duration for a tick: `20 µs`. */
function tickLabel(durationNs: number): string {
  const unit = durationUnit(durationNs);
  return `${formatNumber(durationNs / unit.ns, 1)}\u00A0${unit.name}`;
}

/** A logarithmic axis; `fromNs` is above 0. */
export function logDurationScale({ fromNs, toNs, place: [first, last] }: Span): DurationScale {
  const perLog = (last - first) / Math.log(toNs / fromNs);
  const at = (durationNs: number): number =>
    durationNs <= fromNs ? first : first + Math.log(durationNs / fromNs) * perLog;
  return {
    at,
    ticks: logTicks(fromNs, toNs).map((tickNs) => ({ at: at(tickNs), label: tickLabel(tickNs) })),
    unit: '',
  };
}

/** An axis from 0 or from a little below the smallest duration, in one unit. */
export function linearDurationScale({ fromNs, toNs, place }: Span): DurationScale {
  const unit = durationUnit(toNs);
  const scale = scaleLinear([fromNs / unit.ns, toNs / unit.ns], place);
  const label = scale.tickFormat(6);
  const perNs = (place[1] - place[0]) / (toNs - fromNs);
  return {
    at: (durationNs) => place[0] + (durationNs - fromNs) * perNs,
    ticks: scale.ticks(6).map((value) => ({ at: scale(value), label: label(value) })),
    unit: unit.name,
  };
}

/** An axis that holds these durations with room on both sides; logarithmic where they differ by much. */
export function durationScale({ fromNs, toNs, place }: Span): DurationScale {
  if (fromNs > 0 && toNs / fromNs >= logRatio)
    return logDurationScale({ fromNs: fromNs / 1.1, toNs: toNs * 1.1, place });
  const padNs = Math.max((toNs - fromNs) * 0.06, toNs * 1e-4, 1e-3);
  return linearDurationScale({ fromNs: fromNs - padNs, toNs: toNs + padNs, place });
}
