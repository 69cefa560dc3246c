import { Type } from 'typebox';

import { JobSchema, RunSummarySchema, type Job, type RunSummary } from './records/job-record.ts';
import { RunEventSchema, type RunEvent } from './run-event.ts';

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

/** The same as it crosses the event stream. */
export const LabEventSchema = Type.Union([
  Type.Object({ type: Type.Literal('job'), job: JobSchema }),
  Type.Object({ type: Type.Literal('run'), run: RunSummarySchema }),
  Type.Object({
    type: Type.Literal('run-event'),
    runId: Type.String(),
    boardId: Type.String(),
    event: RunEventSchema,
  }),
]);
