import { labError, type ErrorCode } from '#harness/contracts/error-catalogue.ts';

/** Primary result codes of SQLite that an operator can do something about. */
const codes: Readonly<Record<number, { readonly code: ErrorCode; readonly says: string }>> = {
  5: { code: 'store/busy', says: 'is locked by another process' },
  6: { code: 'store/busy', says: 'is locked by another connection' },
  8: { code: 'evidence/write-failed', says: 'is read-only' },
  10: { code: 'evidence/write-failed', says: 'could not be read or written' },
  11: { code: 'store/corrupt', says: 'is damaged' },
  13: { code: 'evidence/disk-full', says: 'cannot grow: the disk is full' },
  14: { code: 'evidence/write-failed', says: 'cannot be opened' },
  26: { code: 'store/corrupt', says: 'is no database' },
};

/** The primary result code of an error of `node:sqlite`; extended codes keep it in their low byte. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/**
 * What SQLite threw, as an error of the catalogue; anything else (a broken constraint, an assertion) is passed on
 * unchanged: it is a bug.
 */
export function storeFailure(error: unknown, path: string): unknown {
  const primary = primaryCode(error);
  const entry = primary === undefined ? undefined : codes[primary];
  return entry === undefined
    ? error
    : labError(entry.code, `the store ${path} ${entry.says}`, { details: { path }, cause: error });
}
