import { scaleLinear, scaleLog } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';

import type { LatencyResult } from '#harness/contracts/records/run-record.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs } from '../document/format-quantity.ts';
import { chartAxes, type AxisTick } from './chart-axes.ts';
import { durationUnit } from './duration-unit.ts';
import {
  chartColours,
  coordinate,
  plotArea,
  svgChart,
  svgDot,
  svgLine,
  svgPath,
  svgText,
} from './svg-chart.ts';

const pointCountMax = 500;
/** From this ratio of the largest to the smallest latency on, the axis is logarithmic. */
const logRatio = 20;

/** Puts a latency in nanoseconds on the page; ticks are in `unitNs`. */
interface LatencyScale {
  readonly at: (valueNs: number) => number;
  readonly ticks: readonly AxisTick[];
}

function latencyScale(minNs: number, maxNs: number, unitNs: number): LatencyScale {
  const { left, right } = plotArea;
  const isWide = minNs > 0 && maxNs / minNs >= logRatio;
  const pad = Math.max((maxNs - minNs) * 0.06, maxNs * 1e-4);
  const domain = isWide
    ? [minNs / unitNs / 1.1, (maxNs / unitNs) * 1.1]
    : [(minNs - pad) / unitNs, (maxNs + pad) / unitNs];
  const scale = isWide ? scaleLog(domain, [left, right]) : scaleLinear(domain, [left, right]);
  const label = scale.tickFormat(7);
  return {
    at: (valueNs) => scale(valueNs / unitNs),
    ticks: scale.ticks(7).map((value) => ({ at: scale(value), label: label(value) })),
  };
}

function shareAt(share: number): number {
  return plotArea.bottom - share * (plotArea.bottom - plotArea.top);
}

function curve(sortedNs: Float64Array, x: LatencyScale): (readonly [number, number])[] {
  const step = Math.max(1, sortedNs.length / pointCountMax);
  const points: (readonly [number, number])[] = [];
  for (let drawn = 0; drawn < sortedNs.length; drawn += step) {
    const rank = Math.floor(drawn);
    points.push([x.at(sortedNs[rank] ?? 0), shareAt((rank + 1) / sortedNs.length)]);
  }
  points.push([x.at(sortedNs.at(-1) ?? 0), shareAt(1)]);
  return [[points[0]?.[0] ?? 0, shareAt(0)], ...points, [plotArea.right, shareAt(1)]];
}

/** A percentile on the curve. */
interface PercentileMark {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

function markLine(mark: PercentileMark): string {
  return svgLine({ x: mark.x, y: plotArea.bottom }, mark, {
    colour: chartColours.mark,
    dashes: '2 2',
  });
}

function markLabel(value: PercentileMark): string[] {
  const isRoomRight = value.x < plotArea.right - 90;
  return [
    svgDot(value),
    svgText(
      { x: value.x + (isRoomRight ? 7 : -7), y: value.y + (isRoomRight ? 9 : 3) },
      value.name,
      {
        anchor: isRoomRight ? 'start' : 'end',
        colour: chartColours.mark,
        isBold: true,
        hasHalo: true,
      },
    ),
  ];
}

/**
 * Which share of the queries was at least this quick, with p50, p90 and p99 marked.
 *
 * @param sortedNs - n >= 1 latencies in nanoseconds, ascending
 * @param latency - the values of the record, which are what is marked
 */
export function latencyDistributionChart(
  sortedNs: Float64Array,
  latency: LatencyResult,
): ReportChart {
  const unit = durationUnit(latency.p99Ns);
  const x = latencyScale(latency.minNs, latency.maxNs, unit.ns);
  const path = line<readonly [number, number]>()
    .x(([at]) => Number(coordinate(at)))
    .y(([, at]) => Number(coordinate(at)))
    .curve(curveStepAfter)(curve(sortedNs, x));
  const marks = [
    { name: 'p50', share: 0.5, valueNs: latency.p50Ns },
    { name: 'p90', share: 0.9, valueNs: latency.p90Ns },
    { name: 'p99', share: 0.99, valueNs: latency.p99Ns },
  ].map(({ name, share, valueNs }) => ({
    name: `${name} ${formatDurationNs(valueNs)}`,
    x: x.at(valueNs),
    y: shareAt(share),
  }));
  const svg = svgChart([
    ...chartAxes({
      x: {
        title: `latency in ${unit.name}`,
        ticks: x.ticks,
      },
      y: {
        title: 'share of queries',
        ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => ({
          at: shareAt(share),
          label: `${share * 100}\u00A0%`,
        })),
      },
    }),
    svgPath(path ?? '', { stroke: chartColours.data, strokePt: 1.3 }),
    ...marks.map(markLine),
    ...marks.flatMap(markLabel),
  ]);
  return {
    title: 'Distribution of latency',
    svg,
    alt: `Cumulative distribution of ${formatCount(sortedNs.length)} latencies: ${marks.map(({ name }) => name).join(', ')}.`,
    note: `${formatCount(sortedNs.length)} completed queries, drawn as ${formatCount(Math.min(sortedNs.length, pointCountMax))} steps.`,
  };
}
