import { status } from '@grpc/grpc-js';

import { labError, type ErrorCode } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

/** Statuses that say: not like this. Trying again changes nothing. */
const refusals = new Set<number>([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
]);

const timeouts = new Set<number>([status.DEADLINE_EXCEEDED]);

/** The lab's code for a status that a server sent, or that the library gave in its stead. */
export function grpcErrorCode(statusCode: number): ErrorCode {
  if (refusals.has(statusCode)) return 'network/refused';
  if (timeouts.has(statusCode)) return 'dut/timeout';
  return 'network/server-error';
}

/** What is known of a call that failed. */
export interface GrpcFailure {
  readonly url: string;
  readonly path: string;
  readonly statusCode: number;
  /** The server's words, or the library's. */
  readonly text: string;
}

/** A failed call as an error of the lab. */
export function grpcError(failure: GrpcFailure, cause: unknown): LabError {
  const { url, path, statusCode, text } = failure;
  const name = status[statusCode] ?? 'UNKNOWN';
  return labError(
    grpcErrorCode(statusCode),
    `${url}${path} answered ${name}${text === '' ? '' : `: ${text}`}`,
    { details: { url, path, status: name, text }, cause },
  );
}
