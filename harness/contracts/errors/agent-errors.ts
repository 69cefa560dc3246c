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
} as const satisfies Record<string, ErrorEntry>;
