import type { ExportLeg, ExportRun } from './export-run.ts';
import type { LogEntry } from './log-line.ts';

interface Fault {
  readonly count: number;
  readonly words: string;
}

function loadFaults(run: ExportRun): Fault[] {
  const { load, latency } = run.record.results;
  if (load === undefined) {
    return [
      { count: latency?.failedQueryCount ?? 0, words: 'queries failed or had no answer in time' },
    ];
  }
  return [
    { count: load.failedCount, words: 'queries were refused by the device' },
    { count: load.lostCount, words: 'queries had no completion within their deadline' },
    { count: load.lateCount, words: 'of the lost queries completed after their deadline' },
    { count: load.duplicateCount, words: 'completions came for queries that had one' },
    { count: load.unknownCount, words: 'completions came for queries that were never issued' },
  ];
}

function accuracyFaults(run: ExportRun): Fault[] {
  const asked = run.record.settings.accuracySampleCount;
  const answered = run.accuracy?.length ?? 0;
  return [{ count: Math.max(0, asked - answered), words: 'samples have no answer' }];
}

/** One error line per kind of thing that went wrong, none for a clean leg. */
export function errorLines(run: ExportRun, leg: ExportLeg): LogEntry[] {
  const faults = leg === 'performance' ? loadFaults(run) : accuracyFaults(run);
  return faults
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => ({
      key: 'error_runtime',
      value: `${count} ${words}`,
      severity: 'error',
    }));
}
