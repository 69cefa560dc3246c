import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { hasCode } from '#harness/contracts/error-catalogue.ts';

import { storeFailure } from './store-failure.ts';

/** A daemon that holds the lock of a state folder. */
export interface FoundDaemon {
  /** As it wrote it down; undefined when that cannot be read. */
  readonly pid: number | undefined;
}

function pidOf(stateDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(stateDir, 'daemon.pid'), 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // the lock says that it runs; its number is for the message only
  }
}

/**
 * The daemon of a state folder, from another process: it holds its lock exclusively, so that nobody can read beside
 * it. Never called in the daemon's own process, which closing the file would cost its lock.
 *
 * @returns undefined when none runs
 */
export function findDaemon(stateDir: string): FoundDaemon | undefined {
  const path = join(stateDir, 'daemon.lock');
  if (!existsSync(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0, readOnly: true });
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return undefined;
  } catch (error) {
    // Anything but a lock is no daemon: a lab that never ran, or a file that the daemon itself will complain about.
    return hasCode(storeFailure(error, path), 'store/busy') ? { pid: pidOf(stateDir) } : undefined;
  } finally {
    if (database?.isOpen === true) database.close();
  }
}
