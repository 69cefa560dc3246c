import { Type, type Static } from 'typebox';

import { ErrorRecordSchema } from './error-record.ts';
import { RecoveryStepSchema, ResultsSchema, VerdictSchema } from './records/run-record.ts';

/** How a run ended, as its child process says. */
export const RunOutcomeSchema = Type.Object({
  outcome: Type.Union([
    Type.Literal('completed'),
    Type.Literal('failed'),
    Type.Literal('aborted'),
    Type.Literal('interrupted'),
  ]),
  verdict: VerdictSchema,
  results: Type.Union([ResultsSchema, Type.Null()]),
  error: Type.Union([ErrorRecordSchema, Type.Null()]),
  recordSha256: Type.Union([Type.String(), Type.Null()]),
  reportPath: Type.Union([Type.String(), Type.Null()]),
  boardSafe: Type.Boolean({ description: 'the release ended in a verified safe state' }),
});
export type RunOutcome = Static<typeof RunOutcomeSchema>;

/** What a run's child process tells the daemon while it runs; also what the event stream sends on. */
export const RunEventSchema = Type.Union([
  Type.Object({
    type: Type.Literal('phase'),
    phase: Type.String(),
    atNs: Type.Number(),
    deadlineMs: Type.Number({ description: 'after this many milliseconds the phase is ended' }),
  }),
  Type.Object({
    type: Type.Literal('progress'),
    step: Type.String({ description: 'accuracy, performance, windows, stream, prepare' }),
    doneCount: Type.Integer(),
    totalCount: Type.Integer(),
    note: Type.String(),
  }),
  Type.Object({
    type: Type.Literal('recovery'),
    ...RecoveryStepSchema.properties,
  }),
  Type.Object({ type: Type.Literal('ended'), outcome: RunOutcomeSchema }),
]);
export type RunEvent = Static<typeof RunEventSchema>;
