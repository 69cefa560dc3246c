import type { ErrorEntry } from './error-entry.ts';

/** Errors of jobs, leases and runs. */
export const runErrors = {
  'job/invalid': {
    class: 'job',
    retry: 'never',
    remedy: 'Correct the fields that the message names and submit again.',
  },
  'job/contradictory': {
    class: 'job',
    retry: 'never',
    remedy: 'Settings of the job exclude each other or the suite; change what the message names.',
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
  'board/unsafe': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'The board could not be brought to its safe state: switch it off by hand, check it, then restart the daemon.',
  },
  'board/recovery-deadline': {
    class: 'station',
    retry: 'automatic',
    remedy:
      'Making the board safe took longer than its deadline; check that its port answers and no program holds it.',
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
  'run/not-settled': {
    class: 'measurement',
    retry: 'automatic',
    remedy: 'Idle power does not come to rest: let the board cool down, or find what it is doing.',
  },
  'run/window-too-short': {
    class: 'measurement',
    retry: 'automatic',
    remedy: 'The board gets faster from window to window; look at its clock and power management.',
  },
  'run/bug': {
    class: 'bug',
    retry: 'never',
    remedy: 'Assay met a state that must not exist; please report it with the run log.',
  },
} as const satisfies Record<string, ErrorEntry>;
