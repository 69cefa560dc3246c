import type { ErrorEntry } from './error-entry.ts';

/** Errors of suites, their data sets and models. */
export const suiteErrors = {
  'suite/unknown': {
    class: 'job',
    retry: 'never',
    remedy: 'No such suite in lab.config.ts; the message lists those there are.',
  },
  'suite/model-missing': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Put the model file where the suite expects it, or restore it with git.',
  },
  'suite/model-hash-mismatch': {
    class: 'job',
    retry: 'after-remedy',
    remedy:
      'The model file is not the one the suite names; restore it, or release a new suite version.',
  },
  'suite/model-unusable': {
    class: 'job',
    retry: 'never',
    remedy: 'The model cannot be run with the shapes of the suite; correct the suite or the model.',
  },
  'suite/dataset-missing': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Put the data set where the suite expects it; the message names the path.',
  },
  'suite/dataset-hash-mismatch': {
    class: 'job',
    retry: 'after-remedy',
    remedy:
      'The data set is not the one the suite names; delete the cached copy so that it is made anew.',
  },
  'suite/task-failed': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'A worker of the pre-processing pool failed; the message holds its error.',
  },
} as const satisfies Record<string, ErrorEntry>;
