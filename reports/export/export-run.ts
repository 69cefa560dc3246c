import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import type { AccuracyEntry } from '#harness/judge/raw/accuracy-log.ts';
import type { QueryLog } from '#harness/judge/raw/query-blocks.ts';

/** A run whose bundle was verified. */
export interface ExportRun {
  readonly record: RunRecord;
  readonly queries?: QueryLog;
  readonly accuracy?: readonly AccuracyEntry[];
  /** Samples of the whole data set; absent when the bundle does not say. */
  readonly librarySampleCount?: number;
  /** Library indices in the order in which the order generator loads them for performance; absent when not derived. */
  readonly loadedSet?: readonly number[];
}

/** One of the two logs that a run can give. */
export type ExportLeg = 'performance' | 'accuracy';

/** What a run measured: `both` gives two legs. */
export function legsOf(run: ExportRun): ExportLeg[] {
  const { mode } = run.record.settings;
  if (mode === 'both') return ['performance', 'accuracy'];
  return mode === 'accuracy' ? ['accuracy'] : ['performance'];
}

/** Something that the layout asks for and our records do not hold. */
export interface MissingField {
  /** Path in the tree. */
  readonly file: string;
  readonly field: string;
}
