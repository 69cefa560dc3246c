/** The files of the layout; their names are the layout's, not ours. */
export const layoutFiles = {
  detail: 'mlperf_log_detail.txt',
  summary: 'mlperf_log_summary.txt',
  accuracyLog: 'mlperf_log_accuracy.json',
  accuracyText: 'accuracy.txt',
  measurements: 'measurements.json',
  userConf: 'user.conf',
  readme: 'README.md',
  modelMapping: 'model_mapping.json',
} as const;

/** Where performance lies below the folder of a scenario. */
export const performanceFolder = 'performance/run_1';
/** Where accuracy lies below the folder of a scenario. */
export const accuracyFolder = 'accuracy';

/** The layout wants accuracy logs of at most this many bytes. */
export const accuracyLogBytesMax = 10_240;
/** Of a longer one, this many bytes of each end are kept. */
export const accuracyLogEndBytes = 4096;
/** What stands between the two ends. */
export const accuracyLogGap = '\n\n...\n\n';

/**
 * Where a whole accuracy log lies when the one in its place is cut: the layout has no place for it but `src`.
 *
 * @param place - `<system>/<benchmark>/<Scenario>`
 */
export function wholeAccuracyLogPath(place: string): string {
  return `src/whole-accuracy-logs/${place}/accuracy-log.json`;
}

/** A name that is one folder on every file system. */
export const folderNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A text as the name of a folder: other characters become `_`. Pure. */
export function folderName(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .replaceAll(/^[^A-Za-z0-9]+|_+$/g, '');
}
