import type { LoadProgress } from '#harness/loadgen/load-end.ts';

/** What is said of a load while it runs; the console knows these words in its languages. */
export function progressNote({ moreNeededCount = 0 }: LoadProgress): string {
  return moreNeededCount > 0 ? `queries, ${moreNeededCount} more needed` : 'queries';
}
