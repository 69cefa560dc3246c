import type { LoadState } from './load-state.ts';

/** A run log is read by people: after so many troubles of a load they are counted only. */
export const troubleCountMax = 1000;

/** Tells the caller of the load, the first thousand times. The event must be counted before. */
export function tellTrouble(
  load: LoadState,
  trouble: { readonly queryId: number; readonly kind: string; readonly error?: unknown },
): void {
  const { failedCount, lostCount, lateCount, duplicateCount, unknownCount } = load.tally;
  const count = failedCount + lostCount + lateCount + duplicateCount + unknownCount;
  if (count <= troubleCountMax) load.options.onTrouble?.(trouble);
}
