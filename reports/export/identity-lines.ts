import type { ExportLeg, ExportRun } from './export-run.ts';
import type { LogEntry } from './log-line.ts';
import { notRecorded, notResultNotice } from './notice.ts';

const buildKeys = [
  'loadgen_build_date_local',
  'loadgen_build_date_utc',
  'loadgen_git_commit_date',
  'loadgen_git_commit_hash',
  'loadgen_git_log_message',
  'loadgen_git_status_message',
] as const;

/** Keys of the layout that can never hold a value of ours: they describe the reference load generator's build. */
export const neverRecordedKeys: readonly string[] = buildKeys;

/** Second precision, as the layout writes it. */
function dateTimeText(utc: string): string {
  return utc.replace(/\.\d+Z$/, 'Z');
}

/** The set that was loaded: of accuracy what was measured, of performance what the caller derived. */
function loadedSet(run: ExportRun, leg: ExportLeg): readonly number[] | undefined {
  return leg === 'accuracy' ? run.accuracy?.map(({ sampleIndex }) => sampleIndex) : run.loadedSet;
}

/** Who measured what: the first lines of a detail log. */
export function identityLines(run: ExportRun, leg: ExportLeg): LogEntry[] {
  const { record } = run;
  const { board, suite, software, settings, clock } = record;
  const set = loadedSet(run, leg);
  return [
    {
      key: 'loadgen_version',
      value: `Assay ${software.assay}: its own load generator, not the reference`,
    },
    { key: 'generic_message', value: notResultNotice },
    { key: 'generic_message', value: `run ${record.runId}, ${record.ruleSet}` },
    {
      key: 'generic_message',
      value:
        'instants: settings at the start of the run, results at the last completion, 0 at the start of the load',
    },
    ...buildKeys.map((key) => ({ key, value: notRecorded })),
    { key: 'test_datetime', value: dateTimeText(clock.startedAtUtc) },
    { key: 'sut_name', value: `${board.name} (${board.maker})` },
    { key: 'qsl_name', value: `${suite.datasetId} ${suite.datasetVersion}` },
    ...(run.librarySampleCount === undefined
      ? []
      : [{ key: 'qsl_reported_total_count', value: run.librarySampleCount }]),
    { key: 'qsl_reported_performance_count', value: settings.performanceSampleCount },
    ...(set === undefined ? [] : [{ key: 'loaded_qsl_set', value: set }]),
  ];
}
