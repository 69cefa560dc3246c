import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PeakResult } from '#harness/contracts/records/load-results.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';
import { rowStatus, type QueryRow } from '#harness/judge/raw/query-row.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import {
  sampleLoadEvidence,
  sampleLoadRecord,
  sampleServerResults,
  sampleServerRows,
  sampleServerSettings,
} from '../testing/sample-load-results.ts';
import { samplePeak } from '../testing/sample-special-results.ts';
import { cumulativeCurve } from './cumulative-curve.ts';
import { linearDurationScale, logDurationScale } from './duration-scale.ts';
import { issueErrorChart } from './issue-error.ts';
import { axisByOrder, axisBySchedule, latencyEnvelope, loadSpan } from './latency-envelope.ts';
import { minMaxEnvelope } from './min-max-envelope.ts';
import { peakProbesChart } from './peak-probes.ts';
import { reportCharts } from './report-charts.ts';
import { plotArea } from './svg-chart.ts';

const limitNs = 15e6;

function logOf(rows: readonly QueryRow[]): QueryLog {
  return assertDefined(sampleLoadEvidence(rows).queries, 'the sample has queries');
}

function serverCharts(queryCount: number): ReturnType<typeof reportCharts> {
  const rows = sampleServerRows(queryCount);
  const record = sampleLoadRecord(sampleServerSettings, sampleServerResults(rows, limitNs));
  return reportCharts(record, sampleLoadEvidence(rows));
}

/** Completed queries, one a microsecond, with these latencies; NaN: lost. */
const rowsOf = (latenciesNs: readonly number[]): QueryRow[] =>
  latenciesNs.map((latencyNs, place) => ({
    scheduledAtNs: 1e9 + place * 1000,
    issueDelayNs: 0,
    latencyNs,
    status: Number.isNaN(latencyNs) ? rowStatus.lost : rowStatus.completed,
  }));

const plain = (text: string | undefined): string => (text ?? '').replaceAll('\u00A0', ' ');

describe('the charts of a server run', () => {
  it('are distribution with limit, issue error, and latency along the schedule', () => {
    const charts = serverCharts(12_000);
    expect(charts.map(({ title }) => title)).toStrictEqual([
      'Distribution of latency',
      'Issue error',
      'Latency over the run',
    ]);
    expect(plain(charts[0]?.svg)).toContain('>limit 15.00 ms<');
    expect(plain(charts[0]?.alt)).toMatch(/^Cumulative distribution of 11 997 latencies: p50 /);
    expect(plain(charts[1]?.svg)).toMatch(/>p50 \d+\.\d ns<.*>p99 \d\.\d+ µs</);
    expect(plain(charts[2]?.svg)).toContain('seconds from the first scheduled instant');
    expect(plain(charts[2]?.svg)).toContain('>limit 15.00 ms<');
  });

  it('hold only finite coordinates, for 1 query as for 9000, and stay small', () => {
    for (const queryCount of [1, 2, 3, 9000]) {
      for (const { svg, alt } of serverCharts(queryCount)) {
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        expect(alt).not.toMatch(/NaN|Infinity|undefined|not a number/);
        expect(svg.length).toBeLessThan(60_000);
      }
    }
  });

  it('show no limit of the whole query where limits on tokens stand in its place', () => {
    const rows = sampleServerRows(500);
    const settings = { ...sampleServerSettings, ttftTargetNs: 450e6, tpotTargetNs: 40e6 };
    const record = sampleLoadRecord(settings, sampleServerResults(rows, limitNs));
    for (const { svg } of reportCharts(record, sampleLoadEvidence(rows)))
      expect(svg).not.toContain('>limit');
  });

  it('of another scenario have no issue error', () => {
    const rows = sampleServerRows(500);
    const settings = { ...sampleServerSettings, scenario: 'multi-stream' } as const;
    const record = sampleLoadRecord(settings, sampleServerResults(rows, limitNs));
    const titles = reportCharts(record, sampleLoadEvidence(rows)).map(({ title }) => title);
    expect(titles).toStrictEqual(['Distribution of latency', 'Latency over the run']);
  });
});

describe('the issue error', () => {
  it('can be 0 for every query', () => {
    const none = { p50Ns: 0, p90Ns: 0, p99Ns: 0, p999Ns: 0, maxNs: 0 };
    const { svg, note } = issueErrorChart(logOf(rowsOf([5, 6, 7])), none);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(plain(note)).toContain('3 of them by 1.000 ns or less, at the left edge.');
  });

  it('counts lost queries too, and no late completion', () => {
    const late = { scheduledAtNs: 1e9, issueDelayNs: 9, latencyNs: 9, status: rowStatus.late };
    const delay = { p50Ns: 500, p90Ns: 500, p99Ns: 500, p999Ns: 500, maxNs: 500 };
    const { alt } = issueErrorChart(logOf([...rowsOf([5, Number.NaN]), late]), delay);
    expect(alt).toContain('the issue delay of 2 queries');
  });
});

describe('a cumulative curve', () => {
  const place = [plotArea.left, plotArea.right] as const;
  const ends = { fromNs: 10, toNs: 1e6, place };

  it('states at every place the share of the values up to there', () => {
    const values = fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.boolean(), (valuesNs, isLog) => {
        const scale = isLog ? logDurationScale(ends) : linearDurationScale(ends);
        const curve = cumulativeCurve(scale, (take) => valuesNs.forEach(take));
        expect(curve.valueCount).toBe(valuesNs.length);
        const drawn = [...curve.path.matchAll(/L(-?[\d.]+),(-?[\d.]+)/g)];
        const height = plotArea.bottom - plotArea.top;
        const stepsBefore = new Map<number, number>();
        for (const [, x, y] of drawn) stepsBefore.set(Number(x), Number(y));
        for (const [x, y] of stepsBefore) {
          if (x >= plotArea.right) continue;
          const count = valuesNs.filter((valueNs) => scale.at(valueNs) <= x).length;
          const share = (plotArea.bottom - y) / height;
          expect(Math.abs(share - count / valuesNs.length)).toBeLessThan(1e-3);
        }
      }),
    );
  });
});

describe('the envelope over the run', () => {
  it('in the order of the log is that of the latencies, gaps and all', () => {
    const latency = fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 900 }), (latenciesNs) => {
        const log = logOf(rowsOf(latenciesNs));
        const axis = axisByOrder(loadSpan(log), 'single-stream');
        const expected = minMaxEnvelope(latenciesNs, 300);
        expect(latencyEnvelope(log, axis)).toStrictEqual(
          expected.map((bucket) => ({ ...bucket, place: bucket.place + 1 })),
        );
      }),
    );
  });

  it('along the schedule hides no peak and leaves no query out', () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 900 });
    fc.assert(
      fc.property(latencies, (latenciesNs) => {
        const log = logOf(rowsOf(latenciesNs));
        const buckets = latencyEnvelope(log, axisBySchedule(loadSpan(log)));
        expect(Math.max(...buckets.map(({ max }) => max))).toBe(Math.max(...latenciesNs));
        expect(Math.min(...buckets.map(({ min }) => min))).toBe(Math.min(...latenciesNs));
      }),
    );
  });
});

describe('the chart of a search', () => {
  const chartOf = (peak: PeakResult): string =>
    plain(peakProbesChart({ peak, percentile: 0.99, limitNs }).svg);

  it('names decisions in words, the limit and the peak', () => {
    const svg = chartOf(samplePeak);
    for (const text of ['holds', 'breaks', 'undecided', 'limit 15.00 ms', 'peak 1780 /s'])
      expect(svg).toContain(`>${text}<`);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says which probes have no percentile, and what each decided', () => {
    const { alt, note } = peakProbesChart({ peak: samplePeak, percentile: 0.99, limitNs });
    expect(alt).toContain('2000 per second breaks');
    expect(plain(note)).toContain('Probes at the top edge ended before p99 could be stated.');
  });

  it('can be of one probe, of none that held, and of rates that are far apart', () => {
    const [first] = samplePeak.probes;
    const probe = assertDefined(first, 'a probe');
    const peak = { ...samplePeak, peakQps: null, probes: [{ ...probe, percentileNs: null }] };
    expect(chartOf(peak)).not.toMatch(/NaN|Infinity|undefined|peak \d/);
    const far = { ...samplePeak, probes: [probe, { ...probe, targetQps: 5e6 }] };
    expect(chartOf(far)).toContain('>1 000 000<');
  });

  it('is in the report of a search, and is not where nothing was probed', () => {
    const settings = { ...sampleServerSettings, scenario: 'find-peak' } as const;
    const charts = reportCharts(sampleLoadRecord(settings, { peak: samplePeak }), {});
    expect(charts.map(({ title }) => title)).toStrictEqual(['Search for the peak']);
    const none = { peak: { ...samplePeak, peakQps: null, probes: [] } };
    expect(reportCharts(sampleLoadRecord(settings, none), {})).toStrictEqual([]);
  });
});
