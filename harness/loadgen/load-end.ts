/** How a load ended. Whatever was recorded before stays. */
export type LoadEnd =
  /** Everything asked for was done. */
  | { readonly endedBy: 'complete'; readonly doneCount: number }
  /** The ceiling of wall time came first. */
  | { readonly endedBy: 'max-duration'; readonly doneCount: number }
  /** A query failed or had no answer in time: the state of the device is not known any more. */
  | { readonly endedBy: 'query-failed'; readonly doneCount: number; readonly error: unknown }
  /** More queries were waiting for an answer than the load may have outstanding. */
  | { readonly endedBy: 'overloaded'; readonly doneCount: number }
  /** The caller found out enough: a probe of the search for the peak was decided early. */
  | { readonly endedBy: 'decided'; readonly doneCount: number }
  /** The caller's signal. */
  | { readonly endedBy: 'aborted'; readonly doneCount: number };

/** How far a load is. */
export interface LoadProgress {
  /** Queries or samples completed. */
  readonly doneCount: number;
  /** How many there will be, as far as can be told now; at least `doneCount`. */
  readonly totalCount: number;
  /** How many more queries early stopping needs, as things stand; 0 when met. */
  readonly moreNeededCount?: number;
}
