import { labError } from '#harness/contracts/error-catalogue.ts';

/**
 * States what must hold of something signed.
 *
 * @throws LabError evidence/signature-invalid
 */
export function mustHold(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw labError('evidence/signature-invalid', sentence);
}
