import { LabError, type ErrorDetails } from '#harness/kernel/lab-error.ts';

import { agentErrors } from './errors/agent-errors.ts';
import { configErrors } from './errors/config-errors.ts';
import { dutErrors } from './errors/dut-errors.ts';
import type { ErrorEntry } from './errors/error-entry.ts';
import { evidenceErrors } from './errors/evidence-errors.ts';
import { exportErrors } from './errors/export-errors.ts';
import { facilityErrors } from './errors/facility-errors.ts';
import { loadgenErrors } from './errors/loadgen-errors.ts';
import { networkErrors } from './errors/network-errors.ts';
import { powerErrors } from './errors/power-errors.ts';
import { runErrors } from './errors/run-errors.ts';
import { serialErrors } from './errors/serial-errors.ts';
import { serviceErrors } from './errors/service-errors.ts';
import { suiteErrors } from './errors/suite-errors.ts';
import { usbErrors } from './errors/usb-errors.ts';

/** Every error code of Assay with its class, retry advice and remedy; `harness/docs/errors.md` is made from it. */
export const errorCatalogue = {
  ...configErrors,
  ...serialErrors,
  ...dutErrors,
  ...usbErrors,
  ...networkErrors,
  ...agentErrors,
  ...facilityErrors,
  ...powerErrors,
  ...suiteErrors,
  ...runErrors,
  ...evidenceErrors,
  ...loadgenErrors,
  ...exportErrors,
  ...serviceErrors,
} as const satisfies Record<string, ErrorEntry>;

/** A stable code, `area/what`. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Whether this text is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

/**
 * An expected failure with its code.
 *
 * @param message - one sentence: what was wrong and where; the remedy comes from the catalogue
 */
export function labError(
  code: ErrorCode,
  message: string,
  options: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
): LabError {
  return new LabError(code, message, {
    details: options.details ?? {},
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  });
}

/** Whether this is a failure with the given code. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is LabError {
  return error instanceof LabError && codes.some((code) => code === error.code);
}
