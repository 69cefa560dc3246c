import { describe, expect, it } from 'vitest';

import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { decodeRawEvidence, type RawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { sampleRecord } from '../testing/sample-evidence.ts';
import { sampleRawFiles, sampleRun, type SampleRun } from '../testing/sample-raw-files.ts';
import { reportCharts } from './report-charts.ts';

function evidenceOf(run: SampleRun): { readonly record: RunRecord; readonly raw: RawEvidence } {
  const files = sampleRawFiles(run);
  const raw = decodeRawEvidence((path) => files.get(path));
  return { raw, record: { ...sampleRecord(run, raw), files: [] } };
}

describe('the charts of a report', () => {
  it('are three where power was measured, and say how much they draw', () => {
    const { record, raw } = evidenceOf(sampleRun);
    const charts = reportCharts(record, raw);
    expect(charts.map(({ title }) => title)).toEqual([
      'Distribution of latency',
      'Latency over the run',
      'Power over time',
    ]);
    expect(charts[2]?.note.replaceAll('\u00A0', ' ')).toBe(
      '12 750 raw samples, drawn as the smallest, mean and largest of 600 stretches. Shaded: the throughput windows.',
    );
    for (const { alt } of charts) expect(alt.length).toBeGreaterThan(20);
  });

  it('are two without an analyzer, none without a measurement', () => {
    const { record, raw } = evidenceOf({ ...sampleRun, powerSampleRateHz: 0 });
    expect(reportCharts(record, raw)).toHaveLength(2);
    expect(reportCharts({ ...record, results: {} }, {})).toEqual([]);
  });

  it('hold only finite coordinates, for 1 query as for 600, and stay small', () => {
    for (const queryCount of [1, 2, 3, 600]) {
      const { record, raw } = evidenceOf({ ...sampleRun, queryCount });
      for (const { svg } of reportCharts(record, raw)) {
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        expect(svg.length).toBeLessThan(60_000);
      }
    }
  });

  it('mark the percentiles of the record', () => {
    const { record, raw } = evidenceOf(sampleRun);
    const [distribution] = reportCharts(record, raw);
    expect(distribution?.svg).toMatch(/p50 3\.\d+.ms.*p90 3\.\d+.ms.*p99 \d\.\d+.ms/);
  });
});
