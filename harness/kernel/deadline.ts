/**
 * A signal that aborts when `parent` does or after `timeoutMs`, whichever is first. Every wait in the lab has one.
 *
 * @param timeoutMs - milliseconds, more than 0
 */
export function withDeadline(timeoutMs: number, parent?: AbortSignal): AbortSignal {
  const timer = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  return parent === undefined ? timer : AbortSignal.any([parent, timer]);
}

/** Whether this abort reason came from a deadline rather than from a person or a shutdown. */
export function isDeadline(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/**
 * The promise's value, or a rejection with the signal's reason when it aborts first. The promise itself is not
 * cancelled: use it for waits whose source cannot take a signal.
 */
export async function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
