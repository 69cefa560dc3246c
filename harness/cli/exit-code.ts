import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { Verdict } from '#harness/contracts/records/run-record.ts';

/** How the process ends, for scripts; the table of `assay --help`. */
export const exitCodes = {
  pass: 0,
  failOrInvalid: 1,
  usage: 2,
  infrastructure: 3,
  /** Ctrl-C, as shells number it. */
  interrupted: 130,
} as const;

const codeByErrorClass: Readonly<Record<ErrorRecord['class'], number>> = {
  job: exitCodes.usage,
  dut: exitCodes.failOrInvalid,
  measurement: exitCodes.failOrInvalid,
  station: exitCodes.infrastructure,
  infra: exitCodes.infrastructure,
  bug: exitCodes.infrastructure,
};

/** The exit code of a command that could not do its work. Pure. */
export function exitCodeOfError(error: Pick<ErrorRecord, 'class'>): number {
  return codeByErrorClass[error.class];
}

/**
 * The exit code of a run: 0 when its limits are met on valid data, 1 when not or when the data is not valid; a run
 * that ended in an error counts by the error's class. Pure.
 */
export function exitCodeOfRun(verdict: Verdict, error: Pick<ErrorRecord, 'class'> | null): number {
  switch (verdict) {
    case 'pass':
    case 'marginal':
      return exitCodes.pass;
    case 'error':
      return error === null ? exitCodes.infrastructure : exitCodeOfError(error);
    case 'none':
    case 'inconclusive':
    case 'fail':
    case 'aborted':
      return exitCodes.failOrInvalid;
  }
}
