import { Type, type Static } from 'typebox';

import { ErrorRecordSchema } from '../error-record.ts';
import { AuditIdSchema } from './audit-record.ts';
import { LoadOverridesSchema } from './load-settings.ts';
import { ModeSchema, ResultsSchema, ScenarioSchema, VerdictSchema } from './run-record.ts';

/** What a person asks for. */
export const JobRequestSchema = Type.Object(
  {
    suiteId: Type.String({ minLength: 1 }),
    boardId: Type.String({ minLength: 1 }),
    scenario: Type.Optional(ScenarioSchema),
    mode: Type.Optional(ModeSchema),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295 })),
    audit: Type.Optional(AuditIdSchema),
    load: Type.Optional(LoadOverridesSchema),
  },
  { additionalProperties: false },
);
export type JobRequest = Static<typeof JobRequestSchema>;

/** Why a job waits. */
export const WaitingReasonSchema = Type.Object({
  code: Type.Union([
    Type.Literal('starting'),
    Type.Literal('board-busy'),
    Type.Literal('board-unsafe'),
    Type.Literal('not-configured'),
    Type.Literal('instrument-busy'),
    Type.Literal('station-busy'),
    Type.Literal('behind-other-job'),
    Type.Literal('draining'),
    Type.Literal('disk-low'),
  ]),
  sentence: Type.String(),
  position: Type.Integer({ minimum: 1, description: 'place in the queue, 1 is next' }),
});
export type WaitingReason = Static<typeof WaitingReasonSchema>;

/** What was asked; survives attempts. */
export const JobSchema = Type.Object({
  jobId: Type.String(),
  suiteId: Type.String(),
  boardId: Type.String(),
  scenario: ScenarioSchema,
  mode: ModeSchema,
  seed: Type.Integer(),
  audit: Type.Optional(AuditIdSchema),
  load: Type.Optional(LoadOverridesSchema),
  state: Type.Union([
    Type.Literal('queued'),
    Type.Literal('active'),
    Type.Literal('done'),
    Type.Literal('cancelled'),
  ]),
  submittedAtMs: Type.Number({ description: 'UTC milliseconds' }),
  endedAtMs: Type.Union([Type.Number(), Type.Null()]),
  attemptCount: Type.Integer(),
  verdict: VerdictSchema,
  runIds: Type.Array(Type.String()),
});
export type Job = Static<typeof JobSchema>;

/** One attempt on one board under one lease, as the store knows it. */
export const RunSummarySchema = Type.Object({
  runId: Type.String(),
  jobId: Type.String(),
  boardId: Type.String(),
  suiteId: Type.String(),
  scenario: ScenarioSchema,
  mode: ModeSchema,
  attempt: Type.Integer(),
  fence: Type.Integer(),
  phase: Type.String({ description: 'a run phase; `ended` at the end' }),
  verdict: VerdictSchema,
  outcome: Type.Union([
    Type.Literal('open'),
    Type.Literal('completed'),
    Type.Literal('failed'),
    Type.Literal('aborted'),
    Type.Literal('interrupted'),
  ]),
  startedAtMs: Type.Number(),
  endedAtMs: Type.Union([Type.Number(), Type.Null()]),
  results: Type.Union([ResultsSchema, Type.Null()]),
  error: Type.Union([ErrorRecordSchema, Type.Null()]),
  recordSha256: Type.Union([Type.String(), Type.Null()]),
  bundlePath: Type.String({ description: 'absolute path of the evidence bundle' }),
  reportPath: Type.Union([Type.String(), Type.Null()]),
});
export type RunSummary = Static<typeof RunSummarySchema>;

/** A board as the lab knows it: state and health are two things. */
export const BoardSummarySchema = Type.Object({
  boardId: Type.String(),
  name: Type.String(),
  maker: Type.String(),
  stationId: Type.String(),
  driver: Type.String(),
  powerMeterId: Type.Union([Type.String(), Type.Null()]),
  state: Type.Union([
    Type.Literal('free'),
    Type.Literal('leased'),
    Type.Literal('recovering'),
    Type.Literal('unsafe'),
  ]),
  health: Type.Union([Type.Literal('good'), Type.Literal('unknown'), Type.Literal('suspect')]),
  runId: Type.Union([Type.String(), Type.Null()]),
  lastError: Type.Union([ErrorRecordSchema, Type.Null()]),
  recovery: Type.Array(
    Type.Object({
      rung: Type.String(),
      triedCount: Type.Integer({ minimum: 1 }),
      helpedCount: Type.Integer({ minimum: 0 }),
      lastAtMs: Type.Number({ description: 'UTC milliseconds' }),
    }),
    { description: 'rungs of the recovery ladder that were ever climbed for this board' },
  ),
});
export type BoardSummary = Static<typeof BoardSummarySchema>;
