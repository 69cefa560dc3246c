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
  'api/file-not-available': {
    class: 'job',
    retry: 'never',
    remedy:
      'The bundle of this run has no such file, or not yet: files are complete when it ended.',
  },
  'api/body-too-large': {
    class: 'job',
    retry: 'never',
    remedy: 'Send a smaller body; a job needs a few hundred bytes.',
  },
  'api/unsupported-media-type': {
    class: 'job',
    retry: 'never',
    remedy: 'Send the body as application/json.',
  },
  'api/foreign-origin': {
    class: 'job',
    retry: 'never',
    remedy:
      'The request came from a page of another site, or for a host name that is not served; use the address of the daemon.',
  },
  'api/too-many-watchers': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'Too many clients follow the event stream; close some, then connect again.',
  },
  'api/busy': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'The daemon is stopping or takes no more requests just now; try again in a moment.',
  },
  'cli/usage': {
    class: 'job',
    retry: 'never',
    remedy: 'Correct the command line; `assay <command> --help` shows what it takes.',
  },
  'cli/file-not-written': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'Check that the folder exists, is writable and has space, or name another with --out.',
  },
  'daemon/foreign-answer': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'What answers there is no Assay daemon of this version; check --url and ASSAY_URL.',
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
