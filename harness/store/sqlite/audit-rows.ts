import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

import type { AuditEntry } from '#harness/contracts/result-store.ts';

import { rowReader } from './row-reader.ts';
import type { SqlSession } from './sql-session.ts';

const AuditEntrySchema = Type.Object({
  atMs: Type.Number(),
  actor: Type.String(),
  action: Type.String(),
  subject: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
});
const readEntry = rowReader('audit', Compile(AuditEntrySchema), { json: ['details'] });

const insertSql = `INSERT INTO audit (at_ms, actor, action, subject, details)
  VALUES (:atMs, :actor, :action, :subject, :details)`;
const newestSql = `SELECT at_ms AS atMs, actor, action, subject, details FROM audit
  ORDER BY sequence DESC LIMIT :limit`;

/** Adds an entry; none is ever changed or removed. */
export function insertAudit(session: SqlSession, entry: AuditEntry): void {
  const { atMs, actor, action, subject, details } = entry;
  session.change(insertSql, { atMs, actor, action, subject, details: JSON.stringify(details) });
}

/** Newest first. */
export function newestAudit(session: SqlSession, limit: number): AuditEntry[] {
  return session.all(newestSql, { limit }).map(readEntry);
}
