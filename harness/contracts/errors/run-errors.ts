import type { ErrorEntry } from './error-entry.ts';

/** Errors of jobs, leases and runs. */
export const runErrors = {
  'job/invalid': {
    class: 'job',
    retry: 'never',
    remedy: 'Correct the fields that the message names and submit again.',
  },
  'job/not-found': {
    class: 'job',
    retry: 'never',
    remedy: 'No job or run has this id; list them with `assay queue` or `assay runs`.',
  },
  'job/not-cancellable': {
    class: 'job',
    retry: 'never',
    remedy: 'The job has ended already; nothing to cancel.',
  },
  'board/unknown': {
    class: 'job',
    retry: 'never',
    remedy: 'No such board in lab.config.ts; the message lists those there are.',
  },
  'lease/stale-fence': {
    class: 'infra',
    retry: 'never',
    remedy: 'This run lost its lease to a newer one; its data is kept but changes nothing.',
  },
  'run/phase-deadline': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'A phase took longer than its deadline; the run log shows what it waited for.',
  },
  'run/interrupted': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'The daemon or the machine stopped during the run; the job is run again.',
  },
  'run/child-died': {
    class: 'bug',
    retry: 'automatic',
    remedy: 'The run process ended without a word; please report it with the run log.',
  },
  'run/cancelled': {
    class: 'job',
    retry: 'never',
    remedy: 'Somebody cancelled the run; submit the job again when wanted.',
  },
  'run/too-slow-clock': {
    class: 'measurement',
    retry: 'automatic',
    remedy: 'The wall clock was stepped during the run; check the time service of the host.',
  },
  'run/bug': {
    class: 'bug',
    retry: 'never',
    remedy: 'Assay met a state that must not exist; please report it with the run log.',
  },
} as const satisfies Record<string, ErrorEntry>;
