import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';

import { makeFolder } from './make-folder.ts';
import { storeFailure } from './store-failure.ts';

/** Held by the one daemon of a state folder; disposing gives it back. */
export type DaemonLock = Disposable;

/** An exclusive transaction that is never ended: the kernel drops the file lock when the process dies, however it dies. */
function holdExclusively(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0, open: false });
  try {
    database.open();
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    if (database.isOpen) database.close();
    throw storeFailure(error, path);
  }
}

/** Who holds the lock, for the message only; the lock itself never relies on it. */
function holder(pidPath: string): string {
  try {
    return `process ${readFileSync(pidPath, 'utf8').trim()}`;
  } catch {
    return 'an unknown process';
  }
}

/**
 * Makes this process the only daemon of `stateDir`, or fails at once. Works through `daemon.lock`, a database that
 * nobody may open in any other way: closing any handle of the file would drop the lock of this process.
 *
 * @param options - `pid` is written to `daemon.pid`, so that a second daemon can name the first
 * @throws LabError store/busy, evidence/write-failed
 */
export function acquireDaemonLock(options: {
  readonly stateDir: string;
  readonly pid: number;
}): DaemonLock {
  const { stateDir, pid } = options;
  makeFolder(stateDir);
  const pidPath = join(stateDir, 'daemon.pid');
  const database = lockOrNameHolder(join(stateDir, 'daemon.lock'), pidPath);
  writeFileSync(pidPath, `${pid}\n`);
  return {
    [Symbol.dispose]: () => {
      if (database.isOpen) database.close();
    },
  };
}

function lockOrNameHolder(lockPath: string, pidPath: string): DatabaseSync {
  try {
    return holdExclusively(lockPath);
  } catch (error) {
    if (!hasCode(error, 'store/busy')) throw error;
    const message = `${holder(pidPath)} is the daemon of ${lockPath} already`;
    throw labError('store/busy', message, { details: { lockPath }, cause: error });
  }
}
