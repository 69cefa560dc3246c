import type { ErrorEntry } from './error-entry.ts';

/** Errors of devices that are reached over the network. */
export const networkErrors = {
  'network/unreachable': {
    class: 'station',
    retry: 'automatic',
    remedy: 'Nothing answers at this address: check that the server runs, and the address.',
  },
  'network/tls-failed': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The encrypted connection was refused: check certificates, their dates and names.',
  },
  'network/closed': {
    class: 'infra',
    retry: 'automatic',
    remedy: 'The connection was closed in the middle of an answer; check server and network.',
  },
  'network/server-error': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'The server reported an error; the message holds its words.',
  },
  'network/refused': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The server refused the request; the message holds its words.',
  },
  'network/malformed-answer': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'The answer does not follow the protocol; check the server and its version.',
  },
  'network/wrong-shape': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'The model on the server has other inputs or outputs than the suite; deploy the right one.',
  },
  'network/not-finite': {
    class: 'dut',
    retry: 'never',
    remedy: 'The model answers values that are no numbers; its answers cannot be judged.',
  },
} as const satisfies Record<string, ErrorEntry>;
