import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite';

import { assert } from '#harness/kernel/assert.ts';

import { storeFailure } from './store-failure.ts';

/** One row as SQLite gives it: column name to value. */
export type SqlRow = Readonly<Record<string, SQLOutputValue>>;

/** Named parameters, without the colon. */
export type SqlParameters = Readonly<Record<string, SQLInputValue>>;

/** An open database: its statements are prepared once and kept. */
export interface SqlSession extends Disposable {
  readonly path: string;
  readonly all: (sql: string, parameters?: SqlParameters) => readonly SqlRow[];
  readonly get: (sql: string, parameters?: SqlParameters) => SqlRow | undefined;
  /** Runs one statement; returns how many rows it changed. */
  readonly change: (sql: string, parameters?: SqlParameters) => number;
  /** Runs statements that take no parameters and are not kept: pragmas, tables. */
  readonly script: (sql: string) => void;
  /** All or nothing; takes the write lock at once, so that what it reads stays true. Does not nest. */
  readonly transaction: <T>(work: () => T) => T;
}

const busyTimeoutMs = 5_000;

/**
 * Opens the database file, creating it when it is absent. Blocks while another process writes, for at most 5 s.
 *
 * @throws LabError store/busy, store/corrupt, evidence/disk-full, evidence/write-failed; so do all its calls
 */
export function openSqlSession(path: string): SqlSession {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  const database = attempt(
    () => new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true }),
  );
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    path,
    all: (sql, parameters = {}) => attempt(() => prepared(sql).all(parameters)),
    get: (sql, parameters = {}) => attempt(() => prepared(sql).get(parameters)),
    change: (sql, parameters = {}) => attempt(() => Number(prepared(sql).run(parameters).changes)),
    script: (sql) => attempt(() => database.exec(sql)),
    transaction: (work) => {
      assert(!database.isTransaction, 'a transaction of the store is never nested');
      return attempt(() => inTransaction(database, work));
    },
    [Symbol.dispose]: () => {
      if (database.isOpen) database.close();
    },
  };
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } finally {
    // Still open only when something was thrown; SQLite itself rolls back on a full disk.
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}
