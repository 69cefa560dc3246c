import type { InferenceWindow } from '#harness/contracts/dut.ts';

import { accuracyFile, decodeAccuracyLog, type AccuracyEntry } from './accuracy-log.ts';
import { decodeLabels, labelsFile } from './labels.ts';
import { decodePowerBlocks, powerFile, type PowerBlocks } from './power-blocks.ts';
import { decodeQueryLog, queryLogFile, type QueryLog } from './query-log.ts';
import { decodeWindows, windowsFile } from './windows.ts';

/** What was measured. Absent means not measured. */
export interface RawEvidence {
  readonly queries?: QueryLog;
  readonly windows?: readonly InferenceWindow[];
  readonly accuracy?: readonly AccuracyEntry[];
  /** The right class of each sample, by sample index. */
  readonly labels?: readonly number[];
  readonly power?: PowerBlocks;
}

/**
 * Reads every raw file that is there.
 *
 * @param contentOf - the bytes of a file by its path inside the bundle; undefined when it was not produced
 * @throws LabError evidence/unreadable
 */
export function decodeRawEvidence(
  contentOf: (path: string) => Uint8Array | undefined,
): RawEvidence {
  const queries = contentOf(queryLogFile);
  const windows = contentOf(windowsFile);
  const accuracy = contentOf(accuracyFile);
  const labels = contentOf(labelsFile);
  const power = contentOf(powerFile);
  return {
    ...(queries === undefined ? {} : { queries: decodeQueryLog(queries) }),
    ...(windows === undefined ? {} : { windows: decodeWindows(windows) }),
    ...(accuracy === undefined ? {} : { accuracy: decodeAccuracyLog(accuracy) }),
    ...(labels === undefined ? {} : { labels: decodeLabels(labels) }),
    ...(power === undefined ? {} : { power: decodePowerBlocks(power) }),
  };
}
