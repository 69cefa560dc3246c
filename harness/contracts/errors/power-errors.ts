import type { ErrorEntry } from './error-entry.ts';

/** Errors of power meters. */
export const powerErrors = {
  'power/no-answer': {
    class: 'station',
    retry: 'automatic',
    remedy: 'The power analyzer is silent: check its cable and supply, then reset it.',
  },
  'power/rejected-command': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'The analyzer refused a command; the message holds its words. An old firmware may be the cause.',
  },
  'power/stream-stopped': {
    class: 'measurement',
    retry: 'automatic',
    remedy: 'The analyzer stopped sending samples during the run; check its cable.',
  },
  'power/overcurrent': {
    class: 'measurement',
    retry: 'after-remedy',
    remedy: 'The board drew more than the analyzer allows; check wiring and range.',
  },
  'power/samples-lost': {
    class: 'measurement',
    retry: 'automatic',
    remedy:
      'Samples are missing between two time stamps of the analyzer; lower the rate or unload the host.',
  },
  'power/unsupported': {
    class: 'job',
    retry: 'never',
    remedy: 'The analyzer cannot do what lab.config.ts asks; the message names the allowed values.',
  },
} as const satisfies Record<string, ErrorEntry>;
