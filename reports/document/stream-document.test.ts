import { expect, it } from 'vitest';

import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { sampleLoadRecord, sampleServerSettings } from '../testing/sample-load-results.ts';
import { buildReportDocument } from './build-report-document.ts';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

const record: RunRecord = sampleLoadRecord(
  {
    ...sampleServerSettings,
    scenario: 'single-stream',
    stream: {
      audioFile: 'wakewords.wav',
      durationMs: 1_200_000,
      wordCount: 50,
      toleranceMs: 2000,
      debounceMs: 1000,
      falsePositiveCountMax: 8,
      falseNegativeCountMax: 8,
      frameCountMax: 100,
      framePeriodMs: 32,
      periodVariationMax: 0.02,
    },
  },
  {
    stream: {
      wordCount: 50,
      truePositiveCount: 48,
      falseNegativeCount: 2,
      falsePositiveCount: 1,
      playedMs: 1_200_400,
      pulseCount: 146,
      missedWordIndices: [0, 24],
      falsePositiveAtMs: [70_500],
      dutyCycle: {
        frameCount: 100,
        meanOnNs: 18e6,
        meanPeriodNs: 32e6,
        dutyCycle: 0.5625,
        periodVariation: 0.001,
        inferencesPerSecond: 1000 / 18,
      },
      meanWatts: 0.0256,
    },
  },
);

it('a report of a stream states detections, duty cycle and power, and no setting of a load', () => {
  const identity = { recordSha256: 'aa', recordKeyId: 'bb', reportKeyId: 'cc' };
  const report = buildReportDocument({ record, identity, charts: [], attachments: [] });
  expect(report.headlines.map(({ value, note }) => plain(`${value} (${note})`))).toEqual([
    '48 of 50 (1 false detections)',
    '56.25 % (18.00 ms a frame)',
    '25.60 mW (while it listened)',
  ]);
  const text = plain(JSON.stringify(report.sections));
  expect(text).toContain('2: number 1, 25');
  expect(text).toContain('1, at 70.50 s');
  expect(text).toContain('55.56 inferences per second');
  expect(text).toContain('wakewords.wav, 1200 s with 50 words');
  expect(text).not.toContain('Fewest queries');
});
