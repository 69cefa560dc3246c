import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { RowRing } from '#harness/loadgen/row-ring.ts';

/** What the thread that writes a query log is started with. */
export interface RowLogStart {
  readonly path: string;
  readonly detailsPath?: string;
  readonly ring: RowRing;
}

/** What it says. `closed` and `failed` are the last. */
export type RowLogNotice =
  | { readonly type: 'ready' }
  | { readonly type: 'closed'; readonly rowCount: number }
  | { readonly type: 'failed'; readonly error: ErrorRecord; readonly rowCount: number };
