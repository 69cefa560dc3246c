import type { ErrorEntry } from './error-entry.ts';

/** Errors of stores, evidence bundles, signatures and reports. */
export const evidenceErrors = {
  'store/busy': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'Another daemon uses this store; stop it, or give this one another stateDir.',
  },
  'store/corrupt': {
    class: 'infra',
    retry: 'after-remedy',
    remedy:
      'The store fails its integrity check; restore a backup. Evidence bundles are not affected.',
  },
  'store/newer-schema': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'The store was written by a newer Assay; use that version or newer.',
  },
  'evidence/disk-full': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'The disk of stateDir is full; free space, then run the job again.',
  },
  'evidence/write-failed': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'Evidence could not be written; check the disk and the permissions of stateDir.',
  },
  'evidence/unreadable': {
    class: 'job',
    retry: 'never',
    remedy: 'The file is no evidence bundle and no report of Assay, or it is damaged.',
  },
  'evidence/signature-invalid': {
    class: 'job',
    retry: 'never',
    remedy:
      'Do not rely on this file: its signature does not fit its content. Ask the lab for it again.',
  },
  'evidence/key-unusable': {
    class: 'infra',
    retry: 'after-remedy',
    remedy: 'The signing key in stateDir/keys cannot be read; restore it from a backup.',
  },
  'report/not-available': {
    class: 'job',
    retry: 'never',
    remedy: 'This run has no report: it ended without a verdict, or has not ended yet.',
  },
  'report/render-failed': {
    class: 'bug',
    retry: 'automatic',
    remedy:
      'The report could not be rendered; the evidence is complete, render again with `assay report`.',
  },
} as const satisfies Record<string, ErrorEntry>;
