import { Type, type Static } from 'typebox';

import { SeedsSchema } from './load-settings.ts';

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
  pairCount: Type.Integer({ minimum: 2, description: 'base and audit legs, interleaved' }),
  legMinDurationMs: Type.Number({ minimum: 0 }),
  legMinQueryCount: Type.Integer({ minimum: 1 }),
  confidence: Type.Number({ description: 'of the interval of the ratio' }),
  ratioAtLeast: Type.Union([Type.Number(), Type.Null()], {
    description: 'limit of audit latency over base latency from below; null for none',
  }),
  ratioAtMost: Type.Union([Type.Number(), Type.Null()], { description: 'from above' }),
  sampledAnswerCount: Type.Integer({
    minimum: 0,
    description: 'about how many answers of each audit leg are compared; 0 for none',
  }),
  valueTolerance: Type.Number({
    description: 'largest difference of any element of an answer from the accuracy run',
  }),
  sameIndex: Type.Union([Type.Integer(), Type.Null()]),
  seeds: Type.Array(SeedsSchema, {
    description: 'of the audit legs, in turn; empty: those of the base',
  }),
  endTokenId: Type.Union([Type.Integer(), Type.Null()]),
  meanTokensAtLeast: Type.Union([Type.Number(), Type.Null()]),
  meanTokensAtMost: Type.Union([Type.Number(), Type.Null()]),
  rule: Type.String({ description: 'the decision rule in one sentence' }),
});
export type AuditSettings = Static<typeof AuditSettingsSchema>;

/** One leg of an audit. */
export const AuditLegSchema = Type.Object({
  role: Type.Union([Type.Literal('base'), Type.Literal('audit')]),
  file: Type.String({ description: 'its query log inside the bundle' }),
  queryCount: Type.Integer(),
  meanLatencyNs: Type.Number(),
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
      }),
      Type.Null(),
    ],
    { description: 'null when the audit compares no speed' },
  ),
  answers: Type.Union(
    [
      Type.Object({
        comparedCount: Type.Integer(),
        differingCount: Type.Integer(),
        largestDifference: Type.Number(),
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
      }),
      Type.Null(),
    ],
    { description: 'null when the audit looks at no tokens' },
  ),
});
export type AuditResult = Static<typeof AuditResultSchema>;
