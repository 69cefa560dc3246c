import { scaleLinear } from 'd3-scale';

import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { PhaseSpan } from '#harness/contracts/records/run-record.ts';
import type { PowerTrace } from '#harness/judge/energy/align-power.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount } from '../document/format-quantity.ts';
import { chartAxes } from './chart-axes.ts';
import { envelopePaths } from './envelope-paths.ts';
import { minMaxEnvelope } from './min-max-envelope.ts';
import { chartColours, plotArea, svgChart, svgLine, svgShade, svgText } from './svg-chart.ts';

const bucketCountMax = 600;
/** Room that one character of a label takes, in points. */
const characterWidth = 4.6;

/** What the power chart is drawn from. */
export interface PowerChartSource {
  readonly trace: PowerTrace;
  readonly windows: readonly InferenceWindow[];
  readonly phases: readonly PhaseSpan[];
}

/** Watts by sample from the first recorded one; NaN where samples are lost or torn. */
function wattsOf(trace: PowerTrace): Float64Array {
  const watts = new Float64Array(trace.endSampleIndex - trace.firstSampleIndex).fill(Number.NaN);
  for (const block of trace.blocks) {
    const first = block.firstSampleIndex - trace.firstSampleIndex;
    for (const [place, joules] of block.energyJoules.entries()) {
      watts[first + place] = joules * trace.sampleRateHz;
    }
  }
  return watts;
}

/** Where each phase began, with its name where there is room for it. */
function phaseMarks(phases: readonly PhaseSpan[], at: (instantNs: number) => number): string[] {
  const { left, right, top, bottom } = plotArea;
  const clamp = (x: number): number => Math.min(right, Math.max(left, x));
  return phases.flatMap((span) => {
    const [from, to] = [clamp(at(span.startedAtNs)), clamp(at(span.endedAtNs))];
    if (to - from < 1) return [];
    const boundary = svgLine(
      { x: from, y: top },
      { x: from, y: bottom },
      {
        colour: chartColours.muted,
        strokePt: 0.4,
        dashes: '1 2',
      },
    );
    const hasRoom = span.phase.length * characterWidth < to - from;
    const label = svgText({ x: from + 3, y: top + 8 }, span.phase, { colour: chartColours.muted });
    return hasRoom ? [boundary, label] : [boundary];
  });
}

/** Power on the run clock, with the throughput windows shaded and the phases of the run named. */
export function powerOverTimeChart(source: PowerChartSource): ReportChart {
  const { trace, windows, phases } = source;
  const { left, right, top, bottom } = plotArea;
  const watts = wattsOf(trace);
  const buckets = minMaxEnvelope(watts, bucketCountMax);
  const largestWatts = buckets.reduce((most, bucket) => Math.max(most, bucket.max), 0);
  const unit = largestWatts >= 1 ? { name: 'W', watts: 1 } : { name: 'mW', watts: 1e-3 };
  const domainSeconds = [
    trace.startNs(trace.firstSampleIndex),
    trace.startNs(trace.endSampleIndex),
  ];
  const x = scaleLinear(
    domainSeconds.map((instantNs) => instantNs / 1e9),
    [left, right],
  );
  const y = scaleLinear([0, (largestWatts * 1.2) / unit.watts || 1], [bottom, top]);
  const at = (instantNs: number): number => x(instantNs / 1e9);
  const [xLabel, yLabel] = [x.tickFormat(8), y.tickFormat(5)];
  const svg = svgChart([
    ...windows.map((span) =>
      svgShade(at(span.startedAtNs), at(span.endedAtNs), chartColours.shade),
    ),
    ...chartAxes({
      x: {
        title: 'seconds since the run began',
        ticks: x.ticks(8).map((value) => ({ at: x(value), label: xLabel(value) })),
      },
      y: {
        title: `power in ${unit.name}`,
        ticks: y.ticks(5).map((value) => ({ at: y(value), label: yLabel(value) })),
      },
    }),
    ...envelopePaths(buckets, {
      x: (place) => at(trace.startNs(trace.firstSampleIndex + place)),
      y: (value) => y(value / unit.watts),
    }),
    ...phaseMarks(phases, at),
  ]);
  const counts = `${formatCount(watts.length)} raw samples, drawn as the smallest, mean and largest of ${formatCount(buckets.length)} stretches`;
  const shaded = windows.length === 0 ? '' : ' Shaded: the throughput windows.';
  return {
    title: 'Power over time',
    svg,
    alt: `Power over time in ${unit.name}: ${counts}.`,
    note: `${counts}.${shaded}`,
  };
}
