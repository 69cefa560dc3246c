import type { ErrorEntry } from './error-entry.ts';

/** Errors of the load generator used alone: `assay loadgen …`. */
export const loadgenErrors = {
  'loadgen/settings-unreadable': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Name a file that exists and holds one JSON object, or - for standard input.',
  },
  'loadgen/settings-invalid': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Correct every entry listed; each line names the key and what it takes.',
  },
  'loadgen/latencies-invalid': {
    class: 'job',
    retry: 'after-remedy',
    remedy:
      'Give latencies in nanoseconds: a JSON list of numbers or objects, an object of lists, int64 little-endian, or raw/queries.bin.',
  },
  'loadgen/plan-too-long': {
    class: 'job',
    retry: 'after-remedy',
    remedy: 'Lower minDurationMs, minQueryCount or the rate; a run itself has no such limit.',
  },
} as const satisfies Record<string, ErrorEntry>;
