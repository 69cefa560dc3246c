import type { Migration } from '../migrate.ts';

/** How often each rung of the recovery ladder was climbed for a board, and how often it helped. */
export const recoveryCountsMigration: Migration = {
  version: 3,
  name: 'recovery-counts',
  statements: [
    `CREATE TABLE recovery_counts (
      board_id TEXT NOT NULL REFERENCES boards (board_id),
      rung TEXT NOT NULL,
      tried_count INTEGER NOT NULL CHECK (tried_count >= 1),
      helped_count INTEGER NOT NULL CHECK (helped_count BETWEEN 0 AND tried_count),
      last_at_ms INTEGER NOT NULL,
      PRIMARY KEY (board_id, rung)
    ) STRICT`,
  ],
};
