import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

/** Where runs are looked up by their ids. */
export interface BundlePlace {
  /** Of lab.config.ts; default: the nearest above the working directory. */
  readonly configPath?: string | undefined;
  /** Instead of the one that the configuration names; then no configuration is read. */
  readonly stateDir?: string | undefined;
}

const runIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** A folder that was named itself: it holds a record. */
function isBundle(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * The folder of a run's bundle, offline.
 *
 * @param run - a folder, or the id of a run of the lab
 * @throws LabError job/not-found, config/…
 */
export async function bundlePath(run: string, place: BundlePlace): Promise<string> {
  const looksLikeId = runIdPattern.test(run);
  if (!looksLikeId || existsSync(join(run, 'record.json'))) {
    if (isBundle(run)) return resolve(run);
    throw labError('job/not-found', `There is no bundle at ${run}.`);
  }
  const stateDir = place.stateDir ?? (await loadLabConfig(place.configPath)).stateDir;
  const dir = resolve(stateDir, 'runs', run);
  if (isBundle(dir)) return dir;
  throw labError('job/not-found', `There is no run ${run} in ${stateDir}.`);
}
