import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { SqlSession } from './sql-session.ts';

/** One step forward of the schema; there is no step back. A released one is never changed. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

const countTablesSql = `SELECT count(*) AS tableCount FROM sqlite_master WHERE type = 'table'`;
const findVersionTableSql = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'`;
const versionSql = `SELECT coalesce(max(version), 0) AS version FROM schema_version`;
const recordSql = `INSERT INTO schema_version (version, name, applied_at_ms) VALUES (:version, :name, :atMs)`;
const createVersionTableSql = `CREATE TABLE schema_version (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
) STRICT`;

/** The version of the schema in the file; undefined for a file without any table. */
function schemaVersion(session: SqlSession): number | undefined {
  if (session.get(findVersionTableSql) !== undefined)
    return Number(session.get(versionSql)?.['version']);
  if (Number(session.get(countTablesSql)?.['tableCount']) === 0) return undefined;
  throw labError('store/corrupt', `${session.path} is a database, but no store of Assay`, {
    details: { path: session.path },
  });
}

function apply(session: SqlSession, migration: Migration, atMs: number): void {
  for (const statement of migration.statements) session.script(statement);
  session.change(recordSql, { version: migration.version, name: migration.name, atMs });
}

/**
 * Brings the schema to the newest of `migrations`, all steps or none; two processes that open a new file at the same
 * moment take turns.
 *
 * @returns the versions that were applied now
 * @throws LabError store/newer-schema when the file is ahead of the program, store/corrupt when it is no store
 */
export function migrate(
  session: SqlSession,
  migrations: readonly Migration[],
  clock: Clock,
): readonly number[] {
  return session.transaction(() => {
    const found = schemaVersion(session);
    const newest = migrations.at(-1)?.version ?? 0;
    if (found !== undefined && found > newest) {
      const message = `the store ${session.path} has schema ${found}, this program knows up to ${newest}`;
      throw labError('store/newer-schema', message, { details: { found, newest } });
    }
    if (found === undefined) session.script(createVersionTableSql);
    const missing = migrations.filter((migration) => migration.version > (found ?? 0));
    for (const migration of missing) apply(session, migration, clock.utcMs());
    return missing.map((migration) => migration.version);
  });
}
