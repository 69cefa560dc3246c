import { Type, type Static } from 'typebox';

import { SeedsSchema, SelectionSchema } from './load-settings.ts';

/** The compliance audits; their definitions are in suites/compliance. */
export const AuditIdSchema = Type.Union([
  Type.Literal('real-results'),
  Type.Literal('no-caching'),
  Type.Literal('other-seeds'),
  Type.Literal('token-consistency'),
  Type.Literal('output-length'),
]);
export type AuditId = Static<typeof AuditIdSchema>;

/** How an audit is run and decided; everything that its decision depends on. */
export const AuditSettingsSchema = Type.Object({
  audit: AuditIdSchema,
  version: Type.String(),
  pairCount: Type.Integer({
    minimum: 2,
    description: 'base and audit legs, interleaved; audit legs alone where no speed is compared',
  }),
  legMinDurationMs: Type.Number({ minimum: 0 }),
  legMinQueryCount: Type.Integer({ minimum: 1 }),
  confidence: Type.Number({ description: 'of the interval of the ratio' }),
  ratioAtLeast: Type.Union([Type.Number(), Type.Null()], {
    description: 'limit of audit latency over base latency from below; null for none',
  }),
  ratioAtMost: Type.Union([Type.Number(), Type.Null()], { description: 'from above' }),
  shortQuery: Type.Optional(
    Type.Object(
      {
        latencyNsAtMost: Type.Number(),
        ratioAtLeast: Type.Union([Type.Number(), Type.Null()]),
        ratioAtMost: Type.Union([Type.Number(), Type.Null()]),
      },
      {
        description: 'limits that hold instead when the mean latency of the base legs is this low',
      },
    ),
  ),
  sampledAnswerCount: Type.Integer({
    minimum: 0,
    description: 'about how many answers of each audit leg are compared; 0 for none',
  }),
  valueTolerance: Type.Number({
    description: 'largest difference of any element of an answer from the accuracy run',
  }),
  selection: Type.Optional(SelectionSchema),
  sameIndex: Type.Union([Type.Integer(), Type.Null()]),
  baseSampleCount: Type.Optional(
    Type.Integer({ minimum: 1, description: 'distinct samples of the base legs; else as the run' }),
  ),
  seeds: Type.Array(SeedsSchema, {
    description: 'of the audit legs, in turn; empty: those of the base',
  }),
  endTokenId: Type.Union([Type.Integer(), Type.Null()]),
  meanTokensAtLeast: Type.Union([Type.Number(), Type.Null()]),
  meanTokensAtMost: Type.Union([Type.Number(), Type.Null()]),
  rule: Type.String({ description: 'the decision rule in one sentence' }),
});
export type AuditSettings = Static<typeof AuditSettingsSchema>;

/** What is compared of a leg: streams, server (its throughput is set by the schedule), offline. */
export const AuditBasisSchema = Type.Union([
  Type.Literal('mean-latency'),
  Type.Literal('median-latency'),
  Type.Literal('time-per-sample'),
]);
export type AuditBasis = Static<typeof AuditBasisSchema>;

const LimitSchema = Type.Union([Type.Number(), Type.Null()]);

/** One leg of an audit. */
export const AuditLegSchema = Type.Object({
  role: Type.Union([Type.Literal('base'), Type.Literal('audit')]),
  file: Type.String({ description: 'its query log inside the bundle' }),
  queryCount: Type.Integer(),
  meanLatencyNs: Type.Number({ description: 'of the completed queries; 0 without any' }),
  comparedNs: Type.Optional(Type.Number({ description: 'what the ratio compares, by its basis' })),
  completedShare: Type.Optional(
    Type.Number({ description: 'server: completed over scheduled queries per second' }),
  ),
});
export type AuditLeg = Static<typeof AuditLegSchema>;

/** What an audit found. */
export const AuditResultSchema = Type.Object({
  audit: AuditIdSchema,
  decision: Type.Union([
    Type.Literal('passed'),
    Type.Literal('failed'),
    Type.Literal('inconclusive'),
  ]),
  reason: Type.String({ description: 'one sentence with the numbers that decided' }),
  legs: Type.Array(AuditLegSchema),
  ratio: Type.Union(
    [
      Type.Object({
        value: Type.Number({ description: 'geometric mean of audit over base latency' }),
        lower: Type.Number(),
        upper: Type.Number(),
        confidence: Type.Number(),
        pValue: Type.Number({ description: 'two-sided, of the ratio being 1' }),
        basis: Type.Optional(AuditBasisSchema),
        pairCount: Type.Optional(Type.Integer()),
        driftPerLeg: Type.Optional(
          Type.Number({ description: 'factor by which each leg is slower than the one before' }),
        ),
        atLeast: Type.Optional(LimitSchema),
        atMost: Type.Optional(LimitSchema),
      }),
      Type.Null(),
    ],
    { description: 'null when the audit compares no speed, or has too few pairs to tell' },
  ),
  answers: Type.Union(
    [
      Type.Object({
        comparedCount: Type.Integer(),
        differingCount: Type.Integer(),
        largestDifference: Type.Number(),
        incomparableCount: Type.Optional(
          Type.Integer({
            description: 'of the differing ones: of another length, or no number in one of the two',
          }),
        ),
        unmatchedCount: Type.Optional(
          Type.Integer({ description: 'to samples that the accuracy run did not answer' }),
        ),
      }),
      Type.Null(),
    ],
    { description: 'null when the audit compares no answers' },
  ),
  tokens: Type.Union(
    [
      Type.Object({
        comparedCount: Type.Integer(),
        firstTokenDifferCount: Type.Integer(),
        misplacedEndCount: Type.Integer(),
        wrongLengthCount: Type.Integer(),
        meanTokens: Type.Number(),
        meanTokensLower: Type.Optional(Type.Number({ description: 'interval of the mean' })),
        meanTokensUpper: Type.Optional(Type.Number()),
        unreportedCount: Type.Optional(
          Type.Integer({ description: 'answers without a report that the checks need' }),
        ),
      }),
      Type.Null(),
    ],
    { description: 'null when the audit looks at no tokens' },
  ),
  advice: Type.Optional(Type.String({ description: 'what to do next, when it did not pass' })),
  pairCountNeeded: Type.Optional(
    Type.Integer({ description: 'pairs that would probably decide; only where more pairs help' }),
  ),
});
export type AuditResult = Static<typeof AuditResultSchema>;
