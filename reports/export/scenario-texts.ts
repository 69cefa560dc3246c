import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import type { ExportRun } from './export-run.ts';
import { noticeField, notRecorded, notResultNotice } from './notice.ts';
import { layoutScenario } from './scenario-names.ts';
import { measurementFields } from './system-fields.ts';

/** `measurements.json`: what was done to the model. Our records hold its hash and nothing of the rest. */
export function measurementsJson(record: RunRecord): string {
  const { modelSha256, modelArchitecture, datasetId, datasetVersion, datasetSha256 } = record.suite;
  return jsonText({
    [noticeField]: notResultNotice,
    ...Object.fromEntries(measurementFields.map((field) => [field, notRecorded])),
    model_architecture: modelArchitecture,
    model_sha256: modelSha256,
    dataset: `${datasetId} ${datasetVersion}`,
    dataset_sha256: datasetSha256,
  });
}

/** JSON for people. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** `user.conf`: the settings that a user may choose, in the layout's words. Times in ms, percentiles in %. */
export function userConf(record: RunRecord): string {
  const { settings } = record;
  const scenario = layoutScenario(settings.scenario) ?? settings.scenario;
  const values: readonly (readonly [string, number | undefined])[] = [
    ['min_duration', settings.minDurationMs],
    ['max_duration', settings.maxDurationMs],
    ['min_query_count', settings.minQueryCount],
    ['performance_sample_count_override', settings.performanceSampleCount],
    [
      'samples_per_query',
      settings.scenario === 'multi-stream' ? settings.samplesPerQuery : undefined,
    ],
    ['target_qps', settings.scenario === 'server' ? settings.targetQps : undefined],
    [
      'target_latency',
      settings.targetLatencyNs === undefined ? undefined : settings.targetLatencyNs / 1e6,
    ],
    ['target_latency_percentile', settings.percentile * 100],
    ['sample_concatenate_permutation', settings.selection === 'equal-issue' ? 1 : undefined],
  ];
  const lines = values.flatMap(([key, value]) =>
    value === undefined ? [] : [`*.${scenario}.${key} = ${value}`],
  );
  return [`# ${notResultNotice}`, `# settings of run ${record.runId}`, ...lines, ''].join('\n');
}

/** `accuracy.txt`: the value, unverified; its last line is the hash of the whole accuracy log. */
export function accuracyText(record: RunRecord, logSha256: string): string {
  const { accuracy } = record.results;
  const value =
    accuracy === undefined
      ? `accuracy=${notRecorded}`
      : `accuracy=${(accuracy.value * 100).toFixed(3)}%, good=${accuracy.correctCount}, total=${accuracy.sampleCount} (unverified, ${accuracy.metric})`;
  return [notResultNotice, value, `hash=${logSha256}`, ''].join('\n');
}

/** The `README.md` beside the logs of one scenario. */
export function scenarioReadme(
  place: string,
  runs: readonly { readonly leg: string; readonly run: ExportRun }[],
  wholeLogPath: string | undefined,
): string {
  const rows = runs.map(({ leg, run: { record } }) => {
    const { runId, clock, suite, verdict } = record;
    return `- ${leg}: run ${runId}, started ${clock.startedAtUtc}, ${suite.title} ${suite.version}, verdict ${verdict} (unverified)`;
  });
  const whole =
    wholeLogPath === undefined
      ? 'The accuracy log, where there is one, is whole.'
      : `The accuracy log is cut to its two ends, as the layout wants it; the whole one is \`${wholeLogPath}\`.`;
  return [
    `# ${place}`,
    '',
    `**${notResultNotice}.**`,
    '',
    ...rows,
    '',
    'The accuracy log is an array without room for a notice; the notice above holds for it. Its `data` are the float32',
    'outputs as they lie in memory, little-endian, in upper-case hex.',
    '',
    whole,
    '',
  ].join('\n');
}
