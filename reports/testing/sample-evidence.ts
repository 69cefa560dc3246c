import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import { decodeRawEvidence, type RawEvidence } from '#harness/judge/raw/raw-evidence.ts';
import { ruleSetVersion } from '#harness/judge/rule-set.ts';
import { judgeRun } from '#harness/judge/rules.ts';

import { sampleInstants, sampleRawFiles, type SampleRun } from './sample-raw-files.ts';

/** A record before its files are listed. */
export type UnsealedRecord = Omit<RunRecord, 'files'>;

function settingsOf(run: SampleRun): RunRecord['settings'] {
  return {
    scenario: 'single-stream',
    mode: 'both',
    seed: run.seed,
    minDurationMs: 1500,
    minQueryCount: 500,
    maxDurationMs: 60_000,
    queryDeadlineMs: 2000,
    percentile: 0.9,
    windowCount: 5,
    minWindowMs: 900,
    accuracySampleCount: run.accuracySampleCount,
    accuracyMetric: 'top-1',
    accuracyAtLeast: 0.85,
    performanceSampleCount: 25,
    powerRequired: run.powerSampleRateHz > 0,
    order: 'portable',
    statesDeviceTimes: true,
    selection: 'normal',
    samplesPerQuery: 1,
  };
}

function phasesOf(): RunRecord['phases'] {
  const { settlingNs, accuracyNs, endNs } = sampleInstants;
  const spans = [
    { phase: 'securing', startedAtNs: 0, endedAtNs: 0.1e9 },
    { phase: 'identifying', startedAtNs: 0.1e9, endedAtNs: 0.3e9 },
    { phase: 'deploying', startedAtNs: 0.3e9, endedAtNs: 0.32e9 },
    { phase: 'booting', startedAtNs: 0.32e9, endedAtNs: 0.4e9 },
    { phase: 'probing', startedAtNs: 0.4e9, endedAtNs: settlingNs },
    { phase: 'settling', startedAtNs: settlingNs, endedAtNs: accuracyNs },
    { phase: 'measuring', startedAtNs: accuracyNs, endedAtNs: endNs },
    { phase: 'verifying', startedAtNs: endNs, endedAtNs: endNs + 0.2e9 },
    { phase: 'releasing', startedAtNs: endNs + 0.2e9, endedAtNs: endNs + 0.5e9 },
  ];
  return spans;
}

function testedThings(): Pick<RunRecord, 'board' | 'suite' | 'instruments'> {
  return {
    board: {
      id: 'board-a',
      name: 'Demo board A',
      maker: 'Simulated Silicon Works',
      driver: 'dut/tiny-serial',
      identity: { vendor: 'sim', firmware: '1.2.0', firmwareMode: 'performance', model: 'kws01' },
    },
    suite: {
      id: 'keyword-spotting',
      version: '1.0.0',
      title: 'Keyword spotting',
      modelSha256: '3f'.repeat(32),
      modelArchitecture: 'DS-CNN, int8 input 49 × 10 × 1, 10 classes',
      datasetId: 'synthetic-keywords',
      datasetVersion: '1',
      datasetSha256: 'a7'.repeat(32),
    },
    instruments: [
      {
        id: 'analyzer-1',
        driver: 'power/lpm01a',
        maker: 'STMicroelectronics (simulated)',
        model: 'X-NUCLEO-LPM01A',
        serialNumber: 'SIM0001',
        firmware: '1.0.6',
      },
    ],
  };
}

function circumstances(): Pick<RunRecord, 'clock' | 'software' | 'link'> {
  return {
    clock: {
      startedAtUtc: '2026-04-17T09:30:05.120Z',
      endedAtUtc: '2026-04-17T09:30:18.230Z',
      wallClockStepMs: 0.4,
    },
    software: {
      assay: '0.1.0',
      node: 'v24.20.0',
      inference: 'onnxruntime-node 1.30.0',
      operatingSystem: 'Linux 6.1 (Debian 12)',
      processor: 'AMD EPYC 7B13, 2 cores',
    },
    link: {
      bytesSent: 612_340,
      bytesReceived: 48_122,
      commandCount: 5120,
      retryCount: 2,
      resyncCount: 1,
      garbledReplyCount: 0,
    },
  };
}

/** A record as the engine would write it: its results come from the raw files, its verdict from the rules. */
export function sampleRecord(run: SampleRun, raw: RawEvidence): UnsealedRecord {
  const settings = settingsOf(run);
  const phases = phasesOf();
  const results = deriveResults(raw, settings, phases);
  const context = circumstances();
  const { wallClockStepMs } = context.clock;
  const { rules, verdict } = judgeRun({ settings, results, raw, wallClockStepMs });
  return {
    recordVersion: '1',
    runId: 'run-demo-01kpcz5g2m7d3x9q4t',
    jobId: 'job-demo-01kpcz5f8c2w6h1r0b',
    attempt: 1,
    lab: { id: 'demo', name: 'Assay demo lab', place: 'Hsinchu' },
    stationId: 'bench-1',
    ...testedThings(),
    settings,
    ruleSet: ruleSetVersion,
    ...context,
    phases,
    results,
    rules: [...rules],
    verdict,
    error: null,
    salt: '00112233445566778899aabbccddeeff',
  };
}

/**
 * Writes the raw files of a sample run into a folder, as the engine leaves them before sealing.
 *
 * @returns the record to be sealed
 */
export async function writeSampleEvidence(dir: string, run: SampleRun): Promise<UnsealedRecord> {
  const files = sampleRawFiles(run);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
  return sampleRecord(
    run,
    decodeRawEvidence((path) => files.get(path)),
  );
}
