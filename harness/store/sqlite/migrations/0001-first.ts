import type { Migration } from '../migrate.ts';

/**
 * Jobs, runs, boards and the audit trail. What must never be false is a constraint here, so that no code can get it
 * wrong: one open run per board and per job, one completed run per job, a free board without a run, fences that only
 * grow, an audit trail that only grows.
 */
export const firstMigration: Migration = {
  version: 1,
  name: 'first',
  statements: [
    `CREATE TABLE boards (
      board_id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      maker TEXT NOT NULL,
      station_id TEXT NOT NULL,
      driver TEXT NOT NULL,
      power_meter_id TEXT,
      place INTEGER NOT NULL,
      configured INTEGER NOT NULL CHECK (configured IN (0, 1)),
      state TEXT NOT NULL CHECK (state IN ('free', 'leased', 'recovering', 'unsafe')),
      health TEXT NOT NULL CHECK (health IN ('good', 'unknown', 'suspect')),
      run_id TEXT REFERENCES runs (run_id) DEFERRABLE INITIALLY DEFERRED,
      fence INTEGER NOT NULL CHECK (fence >= 0),
      lease_until_ms INTEGER,
      last_error TEXT CHECK (last_error IS NULL OR json_valid(last_error)),
      CHECK (state <> 'free' OR run_id IS NULL),
      CHECK (state <> 'leased' OR run_id IS NOT NULL),
      CHECK ((run_id IS NULL) = (lease_until_ms IS NULL))
    ) STRICT`,
    `CREATE TABLE jobs (
      sequence INTEGER PRIMARY KEY,
      job_id TEXT NOT NULL UNIQUE,
      suite_id TEXT NOT NULL,
      board_id TEXT NOT NULL REFERENCES boards (board_id),
      scenario TEXT NOT NULL,
      mode TEXT NOT NULL,
      seed INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'active', 'done', 'cancelled')),
      submitted_at_ms INTEGER NOT NULL,
      ended_at_ms INTEGER,
      attempt_count INTEGER NOT NULL CHECK (attempt_count >= 0),
      verdict TEXT NOT NULL,
      CHECK ((state IN ('done', 'cancelled')) = (ended_at_ms IS NOT NULL))
    ) STRICT`,
    `CREATE INDEX jobs_by_state ON jobs (state, sequence)`,
    `CREATE TABLE runs (
      sequence INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL UNIQUE,
      job_id TEXT NOT NULL REFERENCES jobs (job_id),
      board_id TEXT NOT NULL REFERENCES boards (board_id),
      attempt INTEGER NOT NULL CHECK (attempt >= 1),
      fence INTEGER NOT NULL CHECK (fence >= 1),
      boot_id TEXT NOT NULL,
      daemon_pid INTEGER NOT NULL,
      child_pid INTEGER,
      child_start_ticks INTEGER,
      phase TEXT NOT NULL,
      outcome TEXT NOT NULL
        CHECK (outcome IN ('open', 'completed', 'failed', 'aborted', 'interrupted')),
      verdict TEXT NOT NULL,
      started_at_ms INTEGER NOT NULL,
      ended_at_ms INTEGER,
      results TEXT CHECK (results IS NULL OR json_valid(results)),
      error TEXT CHECK (error IS NULL OR json_valid(error)),
      record_sha256 TEXT,
      bundle_path TEXT NOT NULL,
      report_path TEXT,
      UNIQUE (job_id, attempt),
      UNIQUE (board_id, fence),
      CHECK ((outcome = 'open') = (ended_at_ms IS NULL)),
      CHECK (outcome <> 'interrupted' OR results IS NULL)
    ) STRICT`,
    `CREATE UNIQUE INDEX one_open_run_per_board ON runs (board_id) WHERE outcome = 'open'`,
    `CREATE UNIQUE INDEX one_open_run_per_job ON runs (job_id) WHERE outcome = 'open'`,
    `CREATE UNIQUE INDEX one_completed_run_per_job ON runs (job_id) WHERE outcome = 'completed'`,
    `CREATE INDEX runs_by_board ON runs (board_id, sequence)`,
    `CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      details TEXT NOT NULL CHECK (json_valid(details))
    ) STRICT`,
    `CREATE TRIGGER fences_only_grow BEFORE UPDATE OF fence ON boards WHEN NEW.fence < OLD.fence
      BEGIN SELECT RAISE(ABORT, 'a fence never goes back'); END`,
    `CREATE TRIGGER boards_stay BEFORE DELETE ON boards
      BEGIN SELECT RAISE(ABORT, 'a board keeps its fence and its history'); END`,
    `CREATE TRIGGER ended_runs_stay BEFORE UPDATE ON runs WHEN OLD.outcome <> 'open'
      BEGIN SELECT RAISE(ABORT, 'a run that has ended does not change'); END`,
    `CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END`,
    `CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END`,
  ],
};
