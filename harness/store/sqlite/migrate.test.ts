import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { systemClock } from '#harness/kernel/system-clock.ts';

import { migrate, type Migration } from './migrate.ts';
import { openSqlSession, type SqlSession } from './sql-session.ts';

const clock = systemClock();
const one: Migration = {
  version: 1,
  name: 'one',
  statements: ['CREATE TABLE a (x INTEGER) STRICT'],
};
const two: Migration = {
  version: 2,
  name: 'two',
  statements: ['ALTER TABLE a ADD COLUMN y TEXT', 'INSERT INTO a VALUES (1, NULL)'],
};
const broken: Migration = { version: 3, name: 'broken', statements: ['DROP TABLE a', 'NONSENSE'] };

function sessionInNewFolder(): SqlSession {
  const folder = mkdtempSync(join(tmpdir(), 'assay-migrate-'));
  const session = openSqlSession(join(folder, 'lab.sqlite'));
  return {
    ...session,
    [Symbol.dispose]: () => {
      session[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

test('an empty file gets every step, a file of version 1 only what is missing, a current one nothing', () => {
  using session = sessionInNewFolder();
  expect(migrate(session, [one], clock)).toEqual([1]);
  expect(migrate(session, [one, two], clock)).toEqual([2]);
  expect(migrate(session, [one, two], clock)).toEqual([]);
  expect(session.all('SELECT x, y FROM a')).toEqual([{ x: 1, y: null }]);
});

test('a step that fails leaves the file at the version it had', () => {
  using session = sessionInNewFolder();
  migrate(session, [one], clock);
  expect(() => migrate(session, [one, two, broken], clock)).toThrow('syntax error');
  expect(session.all('SELECT version FROM schema_version')).toEqual([{ version: 1 }]);
  expect(session.all('SELECT x FROM a')).toEqual([]);
});
