import { describe, expect, it } from 'vitest';

import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { deriveResults } from '../derive-results.ts';
import { decodeRawEvidence, type RawEvidence } from '../raw/raw-evidence.ts';
import { judgeRun, type Judgement } from '../rules.ts';
import { testSettings } from '../testing/test-settings.ts';
import { decodeStreamLog, encodeStreamLog, streamFile, type StreamLog } from './stream-log.ts';

const settings: RunSettings = {
  ...testSettings,
  stream: {
    audioFile: 'a.wav',
    durationMs: 120_000,
    wordCount: 10,
    toleranceMs: 2000,
    debounceMs: 1000,
    falsePositiveCountMax: 1,
    falseNegativeCountMax: 1,
    frameCountMax: 100,
    framePeriodMs: 32,
    periodVariationMax: 0.02,
  },
};

const frames = Array.from({ length: 100 }, (_, index) => index * 32_000_000);
const words = Array.from({ length: 10 }, (_, index) => ({
  startMs: index * 12_000 + 2000,
  endMs: index * 12_000 + 2600,
}));
const heardAll: StreamLog = {
  words,
  startedAtNs: 1e9,
  endedAtNs: 122e9,
  playStartedAtNs: 1.1e9,
  playEndedAtNs: 121.5e9,
  audioSpeed: 1,
  detectionsMs: [350, ...words.map(({ endMs }) => 350 + endMs + 200)],
  frameStartsNs: frames,
  frameStopsNs: frames.map((startNs) => startNs + 18_000_000),
  activations: [-128, 3, 127],
};

function judged(changes: Partial<StreamLog>): Judgement & { readonly raw: RawEvidence } {
  const bytes = encodeStreamLog({ ...heardAll, ...changes });
  const raw = decodeRawEvidence((path) => (path === streamFile ? bytes : undefined));
  const results = deriveResults(raw, settings, []);
  return { raw, ...judgeRun({ settings, results, raw, wallClockStepMs: 0 }) };
}

function unmet({ rules }: Judgement): string[] {
  return rules.flatMap(({ rule, met }) => (met ? [] : [rule]));
}

describe('a stream, judged', () => {
  it('passes with every word heard, by its own rules and no rule of a load', () => {
    const { rules, verdict } = judged({});
    expect(verdict).toBe('pass');
    expect(rules.map(({ rule }) => rule)).toEqual([
      'wall-clock-step',
      'stream-start',
      'stream-played',
      'stream-complete',
      'frame-period-regular',
      'false-negatives',
      'false-positives',
    ]);
  });

  it('states detections, duty cycle and throughput', () => {
    const { raw } = judged({});
    expect(deriveResults(raw, settings, []).stream).toMatchObject({
      wordCount: 10,
      truePositiveCount: 10,
      falseNegativeCount: 0,
      falsePositiveCount: 0,
      pulseCount: 11,
      dutyCycle: { dutyCycle: 18 / 32, inferencesPerSecond: 1000 / 18, frameCount: 100 },
      meanWatts: null,
    });
  });

  it('fails on one missed word too many, and on one false detection too many', () => {
    const missed = judged({ detectionsMs: heardAll.detectionsMs.slice(0, -2) });
    expect([missed.verdict, unmet(missed)]).toEqual(['fail', ['false-negatives']]);
    const falseAt = [350 + 8000, 350 + 20_000];
    const extra = [...heardAll.detectionsMs, ...falseAt].toSorted((left, right) => left - right);
    const noisy = judged({ detectionsMs: extra });
    expect([noisy.verdict, unmet(noisy)]).toEqual(['fail', ['false-positives']]);
  });

  it('is inconclusive, never a fail, without a pulse that marks the start', () => {
    const silent = judged({ detectionsMs: [] });
    expect(silent.verdict).toBe('inconclusive');
    expect(unmet(silent)).toContain('stream-start');
  });

  it('is inconclusive with lost frames, an irregular period, or words that are not all there', () => {
    const short = judged({ frameStartsNs: frames.slice(0, 60) });
    expect([short.verdict, unmet(short)]).toEqual(['inconclusive', ['stream-complete']]);
    const late = frames.map((startNs, index) => startNs + (index % 10 === 9 ? 4_000_000 : 0));
    const stops = late.map((startNs) => startNs + 18_000_000);
    const irregular = judged({ frameStartsNs: late, frameStopsNs: stops });
    expect([irregular.verdict, unmet(irregular)]).toEqual([
      'inconclusive',
      ['frame-period-regular'],
    ]);
    expect(judged({ words: words.slice(0, 9) }).verdict).toBe('inconclusive');
  });

  it('is inconclusive when the file is shorter than the suite says, whatever was heard', () => {
    const short = judged({ playEndedAtNs: 60e9 });
    expect([short.verdict, unmet(short)]).toEqual(['inconclusive', ['stream-played']]);
    expect(judged({ playEndedAtNs: 2.4e9, audioSpeed: 100 }).verdict).toBe('pass');
  });

  it('is inconclusive when nothing was recorded at all', () => {
    const raw: RawEvidence = {};
    const results = deriveResults(raw, settings, []);
    expect(results.stream).toBeUndefined();
    const { verdict } = judgeRun({ settings, results, raw, wallClockStepMs: 0 });
    expect(verdict).toBe('inconclusive');
  });
});

describe('power of a stream', () => {
  const sampleRateHz = 1000;
  const block = (sampleCount: number): RawEvidence => ({
    stream: heardAll,
    power: {
      cutByteCount: 0,
      blocks: [
        {
          firstSampleIndex: 0,
          arrivedAtNs: 125e9,
          sampleRateHz,
          lostSampleCount: 0,
          energyJoules: new Float32Array(sampleCount).fill(2 ** -15),
        },
      ],
    },
  });

  it('is the mean from start to end of listening', () => {
    const { stream } = deriveResults(block(125_000), settings, []);
    expect(stream?.meanWatts).toBeCloseTo(1000 / 2 ** 15, 12);
  });

  it('is null where nothing was recorded in that time', () => {
    expect(deriveResults(block(5), settings, []).stream?.meanWatts).toBeNull();
  });
});

describe('raw/stream.json', () => {
  it('gives back what was written', () => {
    expect(decodeStreamLog(encodeStreamLog(heardAll))).toEqual(heardAll);
  });

  it.each<{ what: string; changes: Partial<StreamLog> }>([
    { what: 'detections out of order', changes: { detectionsMs: [5, 3] } },
    { what: 'frames out of order', changes: { frameStopsNs: [2, 1] } },
    { what: 'an end before the start', changes: { endedAtNs: 0 } },
    { what: 'a word that ends first', changes: { words: [{ startMs: 5, endMs: 5 }] } },
    { what: 'an activation that is no int8', changes: { activations: [128] } },
  ])('is unreadable with $what', ({ changes }) => {
    const bytes = encodeStreamLog({ ...heardAll, ...changes });
    expect(() => decodeStreamLog(bytes)).toThrow('raw/stream.json');
  });
});
