import type { ErrorEntry } from './error-entry.ts';

/** Errors of `lab.config.ts` and of the command line. */
export const configErrors = {
  'config/not-found': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Run the command in the folder of lab.config.ts, or name the file with --config.',
  },
  'config/invalid': {
    class: 'job',
    retry: 'after-remedy',
    remedy:
      'Correct every entry listed; each line names the path in lab.config.ts and what to write.',
  },
  'config/load-failed': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'lab.config.ts could not be executed; correct the error shown.',
  },
} as const satisfies Record<string, ErrorEntry>;
