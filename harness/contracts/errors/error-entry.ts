/** Whose fault a failure is; only a declared limit on valid data may become a `fail`. */
export type ErrorClass = 'infra' | 'station' | 'dut' | 'job' | 'measurement' | 'bug';

/** What a retry is worth: by the harness alone, after a person acted, or not at all. */
export type RetryAdvice = 'automatic' | 'after-remedy' | 'never';

/** One row of the error table; `remedy` says what the operator does next. */
export interface ErrorEntry {
  readonly class: ErrorClass;
  readonly retry: RetryAdvice;
  readonly remedy: string;
}
