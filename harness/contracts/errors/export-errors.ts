import type { ErrorEntry } from './error-entry.ts';

/** Errors of exports in foreign layouts, of their check, and of traces. */
export const exportErrors = {
  'export/target-not-empty': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Name a folder that does not exist yet, or is empty, with --to.',
  },
  'export/conflict': {
    class: 'job',
    retry: 'after-remedy',
    remedy:
      'Export the runs that the message names into separate folders, or leave one of them out.',
  },
  'export/not-exportable': {
    class: 'job',
    retry: 'never',
    remedy: 'The layout has no place for this run; the message says why. Export another run.',
  },
  'export/not-verified': {
    class: 'job',
    retry: 'never',
    remedy: 'The bundle was changed after the run or was never sealed; `assay verify` shows what.',
  },
  'export/invalid-description': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Correct the name or the --system-json file as the message says.',
  },
  'export/tree-unreadable': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Name the folder of an export: it holds the folder of a division, such as open.',
  },
} as const satisfies Record<string, ErrorEntry>;
