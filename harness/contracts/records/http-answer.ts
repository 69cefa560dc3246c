import { Type, type Static } from 'typebox';

import {
  BoardSummarySchema,
  JobSchema,
  RunSummarySchema,
  WaitingReasonSchema,
} from './job-record.ts';

/** An error as HTTP sends it: application/problem+json (RFC 9457) with the code, its class and its remedy. */
export const ProblemSchema = Type.Object({
  type: Type.String({ description: 'urn:assay:error:<code>' }),
  title: Type.String({ description: 'the meaning of the status' }),
  status: Type.Integer(),
  detail: Type.String({ description: 'one sentence: what was wrong and where' }),
  code: Type.String({ description: 'stable code, area/what' }),
  class: Type.String({ description: 'infra, station, dut, job, measurement or bug' }),
  retry: Type.String({ description: 'automatic, after-remedy or never' }),
  remedy: Type.String({ description: 'what to do next' }),
  details: Type.Record(Type.String(), Type.Unknown()),
});
/** An error as HTTP sends it. */
export type Problem = Static<typeof ProblemSchema>;

/** Answer of GET /healthz. */
export const HealthAnswerSchema = Type.Object({ status: Type.Literal('ok') });

/** Answer of GET /api/lab. */
export const LabAnswerSchema = Type.Object({
  labId: Type.String(),
  name: Type.String(),
  version: Type.String({ description: 'of Assay' }),
  startedAtMs: Type.Number({ description: 'UTC milliseconds of the start of the daemon' }),
});

/** Answer of GET /api/boards. */
export const BoardsAnswerSchema = Type.Object({ boards: Type.Array(BoardSummarySchema) });

/** Answer of GET /api/suites. */
export const SuitesAnswerSchema = Type.Object({
  suites: Type.Array(
    Type.Object({ suiteId: Type.String(), version: Type.String(), title: Type.String() }),
  ),
});

/** Answer of GET /api/jobs, newest first. */
export const JobsAnswerSchema = Type.Object({ jobs: Type.Array(JobSchema) });

/** Answer of GET /api/queue, in the order in which the jobs will be tried. */
export const QueueAnswerSchema = Type.Object({
  queue: Type.Array(Type.Object({ job: JobSchema, waiting: WaitingReasonSchema })),
});

/** Answer of GET /api/runs, newest first. */
export const RunsAnswerSchema = Type.Object({ runs: Type.Array(RunSummarySchema) });
