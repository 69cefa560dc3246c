import { describe, expect, it } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { decodeRawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { sampleRecord } from '../testing/sample-evidence.ts';
import { sampleRawFiles, sampleRun, type SampleRun } from '../testing/sample-raw-files.ts';
import { buildReportDocument } from './build-report-document.ts';
import type { ReportDocument } from './report-document.ts';

function recordOf(run: SampleRun, change: Partial<RunRecord> = {}): RunRecord {
  const files = sampleRawFiles(run);
  const raw = decodeRawEvidence((path) => files.get(path));
  return { ...sampleRecord(run, raw), files: [], ...change };
}

function documentOf(record: RunRecord): ReportDocument {
  const identity = { recordSha256: 'aa', recordKeyId: 'bb', reportKeyId: 'cc' };
  return buildReportDocument({ record, identity, charts: [], attachments: [] });
}

function wordsOf(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u00A0', ' ');
}

describe('what a report says', () => {
  it('states the verdict in words and the four numbers that matter', () => {
    const report = documentOf(recordOf(sampleRun));
    expect(report.verdict).toMatchObject({ word: 'Pass', tone: 'good', reasons: [] });
    expect(report.headlines.map(({ label }) => label)).toEqual([
      'Accuracy (top-1)',
      'Latency p90',
      'Throughput',
      'Energy per inference',
    ]);
  });

  it('says which limit was missed, by how much, and what to do', () => {
    const { verdict } = documentOf(recordOf({ ...sampleRun, rightShare: 0.5 }));
    expect(verdict.word).toBe('Fail');
    expect(wordsOf(verdict.reasons)).toMatch(
      /Rule accuracy-target is not met: measured \d\d\.\d\d %, limit 85\.00 %\. \d+ of 200 answers/,
    );
  });

  it('puts no blame on the device when the data does not suffice', () => {
    const { verdict } = documentOf(recordOf({ ...sampleRun, queryCount: 100 }));
    expect(verdict.word).toBe('Inconclusive');
    expect(verdict.sentence).toContain('says nothing about the device');
    expect(wordsOf(verdict.reasons)).toContain('min-query-count');
  });

  it('of a run that broke off states the error, its remedy, and that nothing was measured', () => {
    const error = errorRecord(labError('dut/timeout', 'Board board-a did not answer in 2 s.'));
    const broken: Partial<RunRecord> = { results: {}, rules: [], verdict: 'error', error };
    const report = documentOf(recordOf(sampleRun, broken));
    expect(report.verdict.reasons[0]).toBe('dut/timeout: Board board-a did not answer in 2 s.');
    expect(report.verdict.reasons[1]).toBe(error.remedy);
    expect(report.headlines).toEqual([]);
    expect(wordsOf(report.sections)).toContain('Nothing was measured in this run.');
  });

  it('leaves out power where there is no analyzer', () => {
    const report = documentOf(
      recordOf({ ...sampleRun, powerSampleRateHz: 0 }, { instruments: [] }),
    );
    expect(wordsOf(report)).not.toContain('Energy per inference');
    expect(wordsOf(report)).toContain('No instrument was used');
  });

  it('always says what it is not', () => {
    const words = wordsOf(documentOf(recordOf(sampleRun)));
    expect(words).toContain('Not an MLPerf® result; not verified by MLCommons Association.');
    expect(words).toContain('relate only to the items tested');
    expect(words).toContain('Not certified');
    expect(words).toContain('self-made certificate of this lab');
  });

  it('has no text that stands for a missing value', () => {
    const words = wordsOf(documentOf(recordOf(sampleRun)));
    expect(words).not.toMatch(/undefined|NaN|not a number|\[object/);
  });
});
