import { canonicalJson } from '../signing/canonical-json.ts';
import type { VerifyDifference } from './verify-report.ts';

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : canonicalJson(value);
}

function memberOf(container: object, key: string): unknown {
  return Object.hasOwn(container, key)
    ? Object.entries(container).find(([name]) => name === key)?.[1]
    : undefined;
}

/**
 * Where two JSON values differ: exactly, to the last bit of each number.
 *
 * @param path - where both stand, for the names of the differences
 */
export function jsonDifferences(
  path: string,
  recorded: unknown,
  derived: unknown,
): VerifyDifference[] {
  const canDescend =
    isContainer(recorded) &&
    isContainer(derived) &&
    Array.isArray(recorded) === Array.isArray(derived);
  if (!canDescend) {
    if (shown(recorded) === shown(derived)) return [];
    return [{ path, recorded: shown(recorded), derived: shown(derived) }];
  }
  const keys = new Set([...Object.keys(recorded), ...Object.keys(derived)]);
  return [...keys].flatMap((key) =>
    jsonDifferences(`${path}.${key}`, memberOf(recorded, key), memberOf(derived, key)),
  );
}
