/** Something that a check found. */
export interface Finding {
  /** error: the tree is not in order. note: worth knowing, and no fault of the tree. */
  readonly severity: 'error' | 'note';
  /** Path in the tree. */
  readonly file: string;
  /** Counted from 1; absent when it is about the whole file. */
  readonly line?: number;
  /** Kebab-case and stable: `validity`. */
  readonly check: string;
  /** One sentence: what is wrong, with the values. */
  readonly message: string;
}

/** Where something was found. */
export interface FindingPlace {
  readonly file: string;
  readonly line?: number | undefined;
}

/** A finding. Pure. */
export function finding(
  severity: Finding['severity'],
  place: FindingPlace,
  words: { readonly check: string; readonly message: string },
): Finding {
  const { file, line } = place;
  return { severity, file, ...(line === undefined ? {} : { line }), ...words };
}
