import { scaleLinear, scaleLog } from 'd3-scale';

import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';

import type { ReportChart } from '../document/build-report-document.ts';
import { formatCount, formatDurationNs, formatNumber } from '../document/format-quantity.ts';
import { percentileName } from '../document/stated-percentile.ts';
import { chartAxes, type AxisTick } from './chart-axes.ts';
import { limitAlong } from './chart-marks.ts';
import { durationScale } from './duration-scale.ts';
import { logTicks } from './log-ticks.ts';
import { probeLegend, probeSymbol } from './probe-symbols.ts';
import { chartColours, plotArea, svgChart, svgLine, svgText } from './svg-chart.ts';

/** From this ratio of the highest to the lowest rate on, the axis is logarithmic. */
const logRatio = 20;
/** Numbers of probes keep this distance in points; nearer ones are left out, the table names them all. */
const labelDistance = 11;
/** How far below the top edge a probe without a percentile stands, and how far above the bottom edge the lowest one. */
const inset = 6;

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

const rateText = (perSecond: number): string => formatNumber(perSecond, 3);

function rateScale(rates: readonly number[]): RateScale {
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  const place = [plotArea.left, plotArea.right] as const;
  if (highest / lowest >= logRatio) {
    const domain = [lowest / 1.3, highest * 1.3] as const;
    const scale = scaleLog(domain, place);
    const ticks = logTicks(...domain);
    return { at: scale, ticks: ticks.map((rate) => ({ at: scale(rate), label: rateText(rate) })) };
  }
  const pad = Math.max((highest - lowest) * 0.1, highest * 0.02);
  const scale = scaleLinear([Math.max(0, lowest - pad), highest + pad], place);
  return {
    at: scale,
    ticks: scale.ticks(7).map((rate) => ({ at: scale(rate), label: rateText(rate) })),
  };
}

/** A probe and where it stands on the page. */
interface PlacedProbe {
  readonly probe: PeakProbe;
  readonly x: number;
  readonly y: number;
  readonly number: number;
}

/** Numbers of the probes in the order run, as far as there is room. */
function probeNumbers(placed: readonly PlacedProbe[]): string[] {
  const named: PlacedProbe[] = [];
  for (const candidate of placed) {
    const isFree = named.every(
      ({ x, y }) => Math.hypot(x - candidate.x, y - candidate.y) >= labelDistance,
    );
    if (isFree) named.push(candidate);
  }
  return named.map(({ x, y, number }) =>
    svgText({ x: x + 5, y: y + 9 }, String(number), { colour: chartColours.muted, hasHalo: true }),
  );
}

function peakLine(rates: RateScale, peakQps: number | null): string[] {
  if (peakQps === null) return [];
  const { top, bottom, left, right } = plotArea;
  const x = rates.at(peakQps);
  const isRoomLeft = x - left > (right - left) / 2;
  const line = svgLine(
    { x, y: top },
    { x, y: bottom },
    { colour: chartColours.mark, dashes: '2 2' },
  );
  const name = `peak ${formatNumber(peakQps)}\u00A0/s`;
  const place = { x: x + (isRoomLeft ? -5 : 5), y: bottom - 7 };
  const anchor = isRoomLeft ? 'end' : 'start';
  const style = { anchor, colour: chartColours.mark, isBold: true, hasHalo: true } as const;
  return [line, svgText(place, name, style)];
}

/** The probes of the search: rate against the stated percentile, the limit, and what each one decided. */
export function peakProbesChart({ peak, percentile, limitNs }: PeakChartSource): ReportChart {
  const rates = rateScale(peak.probes.map(({ targetQps }) => targetQps));
  const stated = peak.probes.flatMap(({ percentileNs }) => percentileNs ?? []);
  const y = durationScale({
    fromNs: Math.min(limitNs, ...stated),
    toNs: Math.max(limitNs * 1.2, ...stated),
    place: [plotArea.bottom - 2 * inset, plotArea.top + 2 * inset],
  });
  const placed = peak.probes.map((probe, place) => ({
    probe,
    x: rates.at(probe.targetQps),
    y: probe.percentileNs === null ? plotArea.top + inset : y.at(probe.percentileNs),
    number: place + 1,
  }));
  const name = percentileName(percentile);
  const svg = svgChart([
    ...chartAxes({
      x: { title: 'rate of the probe, queries per second', ticks: rates.ticks },
      y: { title: y.unit === '' ? `${name}, logarithmic` : `${name} in ${y.unit}`, ticks: y.ticks },
    }),
    ...limitAlong(y.at(limitNs), `limit ${formatDurationNs(limitNs)}`),
    ...peakLine(rates, peak.peakQps),
    ...placed.map((place) => probeSymbol(place, place.probe.decision)),
    ...probeNumbers(placed),
    ...probeLegend(),
  ]);
  const count = formatCount(peak.probes.length);
  const unstated =
    stated.length === peak.probes.length
      ? ''
      : ` Probes at the top edge ended before ${name} could be stated.`;
  return {
    title: 'Search for the peak',
    svg,
    alt: `${count} probes of the search, rate against ${name}: ${peak.probes.map((probe) => `${formatNumber(probe.targetQps)} per second ${probe.decision}`).join(', ')}.`,
    note: `${count} probes, numbered in the order run.${unstated}`,
  };
}
