import { accuracyFile, encodeAccuracyLine } from '#harness/judge/raw/accuracy-log.ts';
import { encodeLabels, labelsFile } from '#harness/judge/raw/labels.ts';
import {
  encodePowerBlock,
  encodePowerFileHeader,
  powerFile,
} from '#harness/judge/raw/power-blocks.ts';
import { queryLogFile, queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { queryRowWordCount, rowStatus, writeQueryRow } from '#harness/judge/raw/query-row.ts';
import { encodeWindows, windowsFile } from '#harness/judge/raw/windows.ts';

import { seededChance, seededNormal } from './seeded-chance.ts';

/** What a sample run looks like. */
export interface SampleRun {
  readonly seed: number;
  readonly queryCount: number;
  /** Samples of the accuracy run. */
  readonly accuracySampleCount: number;
  /** Share of right answers, about. */
  readonly rightShare: number;
  /** 0: no analyzer. */
  readonly powerSampleRateHz: number;
}

/** A run of a small board: 600 queries of about 3 ms, 85 % of them right, 1000 power samples a second. */
export const sampleRun: SampleRun = {
  seed: 7,
  queryCount: 600,
  accuracySampleCount: 200,
  rightShare: 0.9,
  powerSampleRateHz: 1000,
};

const classCount = 10;
const meanLatencyNs = 3.1e6;
const windowCount = 5;
const windowNs = 1e9;
const inferencesPerWindow = 322;
/** Run-clock instants at which the phases that matter begin. */
export const sampleInstants = {
  settlingNs: 0.6e9,
  accuracyNs: 2.1e9,
  loadNs: 4.2e9,
  windowsNs: 7e9,
  endNs: 12.6e9,
} as const;

/** The rows of a single stream, as its log writer leaves them. */
function queriesBin(run: SampleRun, chance: () => number): Uint8Array {
  const { queryCount } = run;
  const words = new Uint32Array(queryCount * queryRowWordCount);
  let atNs: number = sampleInstants.loadNs;
  for (let row = 0; row < queryCount; row += 1) {
    const tailNs = chance() < 0.02 ? chance() * 1.6e6 : 0;
    const latencyNs = Math.round(meanLatencyNs + seededNormal(chance) * 6e4 + tailNs);
    const ended = { scheduledAtNs: atNs, issueDelayNs: 0, latencyNs, status: rowStatus.completed };
    writeQueryRow(words, row * queryRowWordCount, ended);
    // The draw of the sample, which a row does not hold.
    chance();
    atNs += latencyNs + 4e5;
  }
  return Buffer.concat([Buffer.from(queryLogMagic, 'latin1'), new Uint8Array(words.buffer)]);
}

function windowAt(place: number): { readonly startedAtNs: number; readonly endedAtNs: number } {
  const startedAtNs = sampleInstants.windowsNs + place * (windowNs + 6e7);
  return { startedAtNs, endedAtNs: startedAtNs + windowNs };
}

function wattsAt(atNs: number): number {
  const { settlingNs, accuracyNs, loadNs, windowsNs } = sampleInstants;
  if (atNs < settlingNs) return 0.012;
  if (atNs < accuracyNs) return 0.0184;
  if (atNs < loadNs) return 0.031;
  if (atNs < windowsNs) return 0.038;
  const inWindow = Array.from({ length: windowCount }, (_, place) => windowAt(place)).some(
    (window) => atNs >= window.startedAtNs && atNs < window.endedAtNs,
  );
  return inWindow ? 0.0413 : 0.0184;
}

function powerBin(run: SampleRun, chance: () => number): Uint8Array {
  const samplesPerBlock = 250;
  const rateHz = run.powerSampleRateHz;
  const parts: Uint8Array[] = [encodePowerFileHeader()];
  for (let first = 0; (first / rateHz) * 1e9 < sampleInstants.endNs; first += samplesPerBlock) {
    const energyJoules = Float32Array.from({ length: samplesPerBlock }, (_, place) => {
      const atNs = ((first + place) / rateHz) * 1e9;
      return (wattsAt(atNs) * (1 + 0.05 * seededNormal(chance))) / rateHz;
    });
    const arrivedAtNs = ((first + samplesPerBlock) / rateHz) * 1e9 + 2e6 + chance() * 3e6;
    const block = { firstSampleIndex: first, arrivedAtNs, sampleRateHz: rateHz, energyJoules };
    parts.push(encodePowerBlock({ ...block, lostSampleCount: 0 }));
  }
  return Buffer.concat(parts);
}

function accuracyLog(run: SampleRun, labels: readonly number[], chance: () => number): Buffer {
  const lines = labels.map((label, sampleIndex) => {
    const isRight = chance() < run.rightShare;
    const answer = isRight ? label : (label + 1) % classCount;
    const output = Float32Array.from({ length: classCount }, (_, place) =>
      place === answer ? 0.8 : chance() * 0.1,
    );
    return encodeAccuracyLine({ sampleIndex, output });
  });
  return Buffer.from(lines.join(''), 'utf8');
}

/** The raw files of a sample run by their path: the same run gives the same bytes. */
export function sampleRawFiles(run: SampleRun): ReadonlyMap<string, Uint8Array> {
  const chance = seededChance(run.seed);
  const labels = Array.from({ length: run.accuracySampleCount }, () =>
    Math.floor(chance() * classCount),
  );
  const windows = Array.from({ length: windowCount }, (_, place) => ({
    inferenceCount: inferencesPerWindow,
    ...windowAt(place),
  }));
  const files = new Map<string, Uint8Array>([
    [queryLogFile, queriesBin(run, chance)],
    [windowsFile, encodeWindows(windows)],
    [labelsFile, encodeLabels(labels)],
    [accuracyFile, accuracyLog(run, labels, chance)],
    ['log.jsonl', Buffer.from('{"message":"lease granted"}\n{"message":"run ended"}\n', 'utf8')],
    ['configuration.json', Buffer.from('{"suite":"keyword-spotting"}\n', 'utf8')],
  ]);
  if (run.powerSampleRateHz > 0) files.set(powerFile, powerBin(run, chance));
  return files;
}
