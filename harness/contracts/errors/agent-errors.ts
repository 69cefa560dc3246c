import type { ErrorEntry } from './error-entry.ts';

/** Errors of the agent on a board, and of links to it. */
export const agentErrors = {
  'agent/denied': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The agent refused the token; give both sides the same one.',
  },
  'agent/insecure': {
    class: 'job',
    retry: 'never',
    remedy: 'An agent that listens beyond this machine needs a token or client certificates.',
  },
  'agent/unsupported-version': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Host and device have no protocol version in common; update the older one.',
  },
  'agent/bad-secret': {
    class: 'job',
    retry: 'never',
    remedy:
      'The token or certificate file that the message names cannot be used; check path, rights and content.',
  },
  'agent/listen-failed': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The agent cannot listen there; check address and port, and that no other one runs.',
  },
  'agent/provider-unavailable': {
    class: 'job',
    retry: 'never',
    remedy:
      'The message names the execution providers of this build; choose one, or install the libraries it needs.',
  },
  'agent/state-unusable': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The agent keeps models in its state folder; make it a folder that it may write to.',
  },
} as const satisfies Record<string, ErrorEntry>;
