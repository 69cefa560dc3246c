import { labError } from '#harness/contracts/error-catalogue.ts';
import type { TransportEnd } from '#harness/contracts/transport.ts';
import { isDeadline } from '#harness/kernel/deadline.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import type { OpenedLink } from './open-link.ts';

/** What an abort of a call's signal is to its caller: its deadline as dut/timeout, anything else as it is. */
export function abortError(boardId: string, path: string, signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (!isDeadline(reason)) {
    return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
  }
  return labError('dut/timeout', `the board ${boardId} did not answer before the deadline`, {
    details: { boardId, path },
    cause: reason,
  });
}

/** A boot that nobody waited for. */
export function rebootedError(boardId: string): Error {
  return labError('dut/rebooted', `the board ${boardId} booted when nobody asked it to`, {
    details: { boardId },
  });
}

/** How the transport ended: its own error where it has one. */
export function goneError(boardId: string, opened: OpenedLink, end: TransportEnd): Error {
  const { path } = opened.transport;
  const cause = end.reason === 'unplugged' ? end.cause : undefined;
  if (cause instanceof LabError) return cause;
  const code = opened.address === undefined ? 'serial/unplugged' : 'network/closed';
  return labError(code, `the device at ${path} is gone`, { details: { path, boardId }, cause });
}

/** What was asked when the device could not be understood. */
interface AskDetails {
  readonly boardId: string;
  readonly path: string;
  readonly request: string;
  readonly tryCount: number;
}

/** The device neither answered nor said that it lives. */
export function silentError(silentMs: number, details: AskDetails): Error {
  const seconds = (silentMs / 1000).toFixed(1);
  const message = `the board ${details.boardId} did not answer ${details.request} for ${seconds} s`;
  return labError('dut/timeout', message, { details: { ...details } });
}

/** What came was damaged, each time. */
export function garbledError(details: AskDetails): Error {
  const message = `the board ${details.boardId} was not understood ${details.tryCount} times`;
  return labError('dut/garbled-reply', message, { details: { ...details } });
}
