import type { ErrorEntry } from './error-entry.ts';

/** Errors of power switches and other facilities. */
export const facilityErrors = {
  'facility/no-answer': {
    class: 'station',
    retry: 'automatic',
    remedy: 'The switch does not answer: check its address, cable and supply.',
  },
  'facility/rejected-command': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The switch refused the command; the message holds its words.',
  },
  'facility/unsupported': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'This hub or switch cannot do that; choose another in lab.config.ts.',
  },
} as const satisfies Record<string, ErrorEntry>;
