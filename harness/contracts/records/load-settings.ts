import { Type, type Static } from 'typebox';

/** A 64-bit seed as a decimal: JSON numbers are exact to 2^53 only. */
export const SeedSchema = Type.String({ pattern: '^[0-9]{1,20}$' });

/** Seeds of sample set, sample order, arrival schedule, and of which answers a performance load keeps. */
export const SeedsSchema = Type.Object(
  {
    qsl: SeedSchema,
    sampleIndex: SeedSchema,
    schedule: SeedSchema,
    accuracyLog: Type.Optional(SeedSchema),
  },
  { additionalProperties: false },
);
export type Seeds = Static<typeof SeedsSchema>;

/**
 * Which generator makes order and schedule: ours, specified in harness/docs/sample-order.md; that of the field's
 * reference load generator; or that of its versions before 6.0.5.
 */
export const OrderKindSchema = Type.Union([
  Type.Literal('portable'),
  Type.Literal('reference'),
  Type.Literal('reference-5'),
]);
export type OrderKind = Static<typeof OrderKindSchema>;

/** How samples are chosen: with replacement; each once a pass, passes repeated; each once; always the same one. */
export const SelectionSchema = Type.Union([
  Type.Literal('normal'),
  Type.Literal('equal-issue'),
  Type.Literal('unique'),
  Type.Literal('same'),
]);
export type Selection = Static<typeof SelectionSchema>;

/** Where the value of a setting comes from; the later in this list wins. */
export const ProvenanceSchema = Type.Union([
  Type.Literal('default'),
  Type.Literal('rule-set'),
  Type.Literal('suite'),
  Type.Literal('job'),
]);
export type Provenance = Static<typeof ProvenanceSchema>;

/** How the highest rate is searched. */
export const PeakSettingsSchema = Type.Object(
  {
    startQps: Type.Number({ exclusiveMinimum: 0, description: 'rate of the first probe' }),
    resolution: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.5,
      description: 'ends when the gap between holding and breaking is this share of the rate',
    }),
    probeMinDurationMs: Type.Number({ minimum: 0, description: 'no probe passes before' }),
    probeMaxDurationMs: Type.Number({ exclusiveMinimum: 0 }),
    probeCountMax: Type.Integer({ minimum: 1, maximum: 100 }),
  },
  { additionalProperties: false },
);
export type PeakSettings = Static<typeof PeakSettingsSchema>;

/** What a job may set itself; each replaces the suite's value. */
export const LoadOverridesSchema = Type.Object(
  {
    minDurationMs: Type.Optional(Type.Number({ minimum: 0, maximum: 43_200_000 })),
    minQueryCount: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000 })),
    maxDurationMs: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 43_200_000 })),
    queryDeadlineMs: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
    percentile: Type.Optional(Type.Number({ minimum: 0.5, maximum: 0.9999 })),
    windowCount: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    minWindowMs: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 600_000 })),
    performanceSampleCount: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_294_967_295 })),
    samplesPerQuery: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024 })),
    order: Type.Optional(OrderKindSchema),
    selection: Type.Optional(SelectionSchema),
    sameIndex: Type.Optional(Type.Integer({ minimum: 0 })),
    seeds: Type.Optional(SeedsSchema),
    targetQps: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000_000 })),
    targetLatencyMs: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
    outstandingCountMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_048_576 })),
    accuracyLogSamplingTarget: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    pairCount: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 100, description: 'pairs of legs of an audit' }),
    ),
    peakStartQps: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000_000 })),
    peakResolution: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.5 })),
    probeMinDurationMs: Type.Optional(Type.Number({ minimum: 0, maximum: 3_600_000 })),
    probeMaxDurationMs: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_600_000 })),
    probeCountMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);
export type LoadOverrides = Static<typeof LoadOverridesSchema>;
