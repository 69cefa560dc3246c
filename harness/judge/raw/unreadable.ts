import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

/**
 * The error for a raw file that is not what its format says.
 *
 * @param file - path inside the bundle: `raw/queries.bin`
 * @param problem - what is wrong, and where in the file
 */
export function unreadable(file: string, problem: string, cause?: unknown): LabError {
  return labError('evidence/unreadable', `${file}: ${problem}`, {
    details: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}
