import type { InferenceWindow } from '#harness/contracts/dut.ts';

import { decodeAuditLegs, type AuditLegEvidence } from '../compliance/leg-files.ts';
import { decodeStreamLog, streamFile, type StreamLog } from '../stream/stream-log.ts';
import { accuracyFile, decodeAccuracyLog, type AccuracyEntry } from './accuracy-log.ts';
import { decodeLabels, labelsFile } from './labels.ts';
import { decodePowerBlocks, powerFile, type PowerBlocks } from './power-blocks.ts';
import { decodeProbes, probesFile, type ProbeEntry } from './probes.ts';
import type { QueryLog } from './query-blocks.ts';
import { queryDetailsFile } from './query-details.ts';
import { memorySource, queryLogFile } from './query-log-file.ts';
import { queryLogFrom } from './query-log.ts';
import { unreadable } from './unreadable.ts';
import { decodeWindows, windowsFile } from './windows.ts';

/** One probe of the search for the highest rate, with its queries. */
export interface RawProbe extends ProbeEntry {
  readonly log: QueryLog;
}

/** What was measured. Absent means not measured. */
export interface RawEvidence {
  readonly queries?: QueryLog;
  readonly windows?: readonly InferenceWindow[];
  readonly accuracy?: readonly AccuracyEntry[];
  /** The right class of each sample, by sample index. */
  readonly labels?: readonly number[];
  readonly power?: PowerBlocks;
  /** In the order in which they were run. */
  readonly probes?: readonly RawProbe[];
  /** In the order in which they were run. */
  readonly legs?: readonly AuditLegEvidence[];
  /** What a device that listens by itself was played, and what the bench recorded. */
  readonly stream?: StreamLog;
}

/** The bytes of a file by its path inside the bundle; undefined when it was not produced. */
export type ContentOf = (path: string) => Uint8Array | undefined;

/** A query log by its path and that of its details; undefined when it was not produced. */
export type LogOf = (path: string, detailsPath?: string) => QueryLog | undefined;

/** Query logs are read piece by piece, everything else is small. */
interface RawFiles {
  readonly contentOf: ContentOf;
  readonly logOf: LogOf;
}

function probeLog(files: RawFiles, path: string): QueryLog {
  const log = files.logOf(path);
  if (log === undefined) throw unreadable(probesFile, `names ${path}, which is not there`);
  return log;
}

function decodedLoad(files: RawFiles): Pick<RawEvidence, 'queries'> {
  const queries = files.logOf(queryLogFile, queryDetailsFile);
  return queries === undefined ? {} : { queries };
}

/** Logs that are held whole. */
function logsInMemory(contentOf: ContentOf): LogOf {
  return (file, detailsPath) => {
    const content = contentOf(file);
    if (content === undefined) return undefined;
    const details = detailsPath === undefined ? undefined : contentOf(detailsPath);
    const more = details === undefined ? {} : { details: memorySource(details) };
    return queryLogFrom({ ...memorySource(content), ...more, file });
  };
}

function decodedProbes(files: RawFiles): Pick<RawEvidence, 'probes'> {
  const content = files.contentOf(probesFile);
  if (content === undefined) return {};
  const probes = decodeProbes(content).map((entry) => ({
    ...entry,
    log: probeLog(files, entry.file),
  }));
  return { probes };
}

function decodedLegs(files: RawFiles): Pick<RawEvidence, 'legs'> {
  const legs = decodeAuditLegs(files);
  return legs === undefined ? {} : { legs };
}

/**
 * Reads every raw file that is there.
 *
 * @param logOf - opens query logs piece by piece, and details where they are there; default: held whole, from
 *   `contentOf`. They must stay readable as long as the evidence is used
 * @throws LabError evidence/unreadable; the rows of query logs are checked when they are scanned
 */
export function decodeRawEvidence(
  contentOf: ContentOf,
  logOf: LogOf = logsInMemory(contentOf),
): RawEvidence {
  const files: RawFiles = { contentOf, logOf };
  const windows = contentOf(windowsFile);
  const accuracy = contentOf(accuracyFile);
  const labels = contentOf(labelsFile);
  const power = contentOf(powerFile);
  const stream = contentOf(streamFile);
  return {
    ...decodedLoad(files),
    ...(windows === undefined ? {} : { windows: decodeWindows(windows) }),
    ...(accuracy === undefined ? {} : { accuracy: decodeAccuracyLog(accuracy) }),
    ...(labels === undefined ? {} : { labels: decodeLabels(labels) }),
    ...(power === undefined ? {} : { power: decodePowerBlocks(power) }),
    ...decodedProbes(files),
    ...decodedLegs(files),
    ...(stream === undefined ? {} : { stream: decodeStreamLog(stream) }),
  };
}
