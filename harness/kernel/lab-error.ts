/** Facts that make an error useful to an operator; plain JSON, no secrets. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A failure we expect: it has a stable code, so that no caller ever reads its text.
 * Make one with `labError` of `#harness/contracts/error-catalogue.ts`, which knows every code.
 */
export class LabError extends Error {
  /** Stable code, `area/what`. */
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: { details: ErrorDetails; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LabError';
    this.code = code;
    this.details = options.details;
  }
}
