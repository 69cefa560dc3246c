import { scaleLinear, scaleLog } from 'd3-scale';

import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs, formatNumber } from '../document/format-quantity.ts';
import { percentileName } from '../document/stated-percentile.ts';
import { chartAxes, type AxisTick } from './chart-axes.ts';
import { limitAlong } from './chart-marks.ts';
import { durationScale } from './duration-scale.ts';
import { probeLegend, probeSymbol } from './probe-symbols.ts';
import { chartColours, plotArea, svgChart, svgLine, svgText } from './svg-chart.ts';

/** From this ratio of the highest to the lowest rate on, the axis is logarithmic. */
const logRatio = 20;
/** Numbers of probes keep this distance in points; nearer ones are left out, the table names them all. */
const labelDistance = 11;
/** How far below the top edge a probe without a percentile stands. */
const topInset = 6;

/** What the chart is drawn from. */
export interface PeakChartSource {
  readonly peak: PeakResult;
  readonly percentile: number;
  readonly limitNs: number;
}

interface RateScale {
  readonly at: (perSecond: number) => number;
  readonly ticks: readonly AxisTick[];
}

function rateScale(rates: readonly number[]): RateScale {
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  const place = [plotArea.left, plotArea.right] as const;
  if (highest / lowest >= logRatio) {
    const scale = scaleLog([lowest / 1.3, highest * 1.3], place);
    const decades = scale.ticks().filter((rate) => /^[125]0*$/.test(formatPlain(rate)));
    return { at: scale, ticks: decades.map((rate) => ({ at: scale(rate), label: formatPlain(rate) })) };
  }
  const pad = Math.max((highest - lowest) * 0.1, highest * 0.02);
  const scale = scaleLinear([Math.max(0, lowest - pad), highest + pad], place);
  return {
    at: scale,
    ticks: scale.ticks(7).map((rate) => ({ at: scale(rate), label: formatNumber(rate, 3) })),
  };
}
