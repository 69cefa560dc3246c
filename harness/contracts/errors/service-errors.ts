import type { ErrorEntry } from './error-entry.ts';

/** Errors of the daemon, its HTTP interface, its simulators and its clients. */
export const serviceErrors = {
  'api/invalid-request': {
    class: 'job',
    retry: 'never',
    remedy: 'Correct the fields that the message names; /documentation/json holds the schema.',
  },
  'api/not-found': {
    class: 'job',
    retry: 'never',
    remedy: 'No such address; /documentation/json lists those there are.',
  },
  'daemon/unreachable': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'No daemon answers: start it with `assay serve`, or name another one with --url.',
  },
  'daemon/port-in-use': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'Another program listens on this port; stop it, or set server.port in lab.config.ts.',
  },
  'daemon/already-running': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'Another Assay daemon owns this lab; stop it first, or use it with --url.',
  },
  'simulator/failed': {
    class: 'station',
    retry: 'automatic',
    remedy: 'A simulator of the demo lab did not start; its last lines are in the message.',
  },
} as const satisfies Record<string, ErrorEntry>;
