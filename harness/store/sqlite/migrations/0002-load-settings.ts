import type { Migration } from '../migrate.ts';

/** What a job sets itself: the audit it asks for, and its load settings as JSON. */
export const loadSettingsMigration: Migration = {
  version: 2,
  name: 'load-settings',
  statements: [
    `ALTER TABLE jobs ADD COLUMN audit TEXT`,
    `ALTER TABLE jobs ADD COLUMN load TEXT CHECK (load IS NULL OR json_valid(load))`,
  ],
};
