/** Thrown by `assert`: a bug of ours, never a fault of a board or of a user. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/**
 * States what must hold here. A failure is a bug: the run ends without a number.
 *
 * @throws AssertionFailure when `condition` is false
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/**
 * The value, which must be there.
 *
 * @throws AssertionFailure when it is undefined or null
 */
export function assertDefined<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new AssertionFailure(message);
  return value;
}
