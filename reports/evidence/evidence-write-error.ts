import { labError } from '#harness/contracts/error-catalogue.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

/** Whether this is a failure of the operating system with one of these names. */
export function hasErrno(error: unknown, ...names: readonly string[]): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'string' && names.includes(error.code);
}

/** Whether the operating system refused something; anything else that is thrown is a bug. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** What a failed write of evidence is called; a `LabError` stays what it is. */
export function evidenceWriteError(error: unknown, path: string): LabError {
  if (error instanceof LabError) return error;
  if (hasErrno(error, 'ENOSPC', 'EDQUOT')) {
    return labError('evidence/disk-full', `The disk is full: ${path} could not be written.`, {
      details: { path },
      cause: error,
    });
  }
  return labError('evidence/write-failed', `${path} could not be written.`, {
    details: { path },
    cause: error,
  });
}
