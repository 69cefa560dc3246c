import type { Job, RunSummary } from './records/job-record.ts';
import type { RunEvent } from './run-event.ts';

/** What the daemon tells everyone who watches: console, CLI, tests. */
export type LabEvent =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'run'; readonly run: RunSummary }
  | {
      readonly type: 'run-event';
      readonly runId: string;
      readonly boardId: string;
      readonly event: RunEvent;
    };
