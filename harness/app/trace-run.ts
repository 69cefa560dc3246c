import { resolve } from 'node:path';

import { openRawEvidence } from '#reports/evidence/open-raw-evidence.ts';
import { bundleRecord } from '#reports/export/bundle-record.ts';
import {
  traceQueryCountMax,
  writeRunTrace,
  type WrittenTrace,
} from '#reports/trace/write-run-trace.ts';

import { bundlePath, type BundlePlace } from './bundle-path.ts';

/** What `assay trace` is asked for. */
export interface TraceRequest extends BundlePlace {
  /** Id of a run, or folder of a bundle. */
  readonly run: string;
  /** Default: `<run id>.trace.json` in the working directory. */
  readonly out?: string | undefined;
  /** Default: `traceQueryCountMax`. */
  readonly queryCountMax?: number | undefined;
}

/**
 * Writes a run as a trace, offline.
 *
 * @throws LabError job/not-found, evidence/…, config/…
 */
export async function traceRun(
  request: TraceRequest,
): Promise<WrittenTrace & { readonly path: string }> {
  const dir = await bundlePath(request.run, request);
  const record = await bundleRecord(dir);
  using evidence = openRawEvidence(dir);
  const { queries, windows } = evidence.raw;
  const path = resolve(request.out ?? `${record.runId}.trace.json`);
  const source = {
    record,
    ...(queries === undefined ? {} : { queries }),
    ...(windows === undefined ? {} : { windows }),
  };
  const queryCountMax = request.queryCountMax ?? traceQueryCountMax;
  return { path, ...writeRunTrace(path, source, { queryCountMax }) };
}
