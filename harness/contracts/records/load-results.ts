import { Type, type Static } from 'typebox';

const Ns = Type.Number({ description: 'nanoseconds' });

/** What percentiles are stated of a quantity; sorted[floor(n * p)], no interpolation. */
export const PercentilesSchema = Type.Object({
  minNs: Ns,
  meanNs: Ns,
  p50Ns: Ns,
  p90Ns: Ns,
  p95Ns: Ns,
  p97Ns: Ns,
  p99Ns: Ns,
  p999Ns: Ns,
  maxNs: Ns,
});
export type Percentiles = Static<typeof PercentilesSchema>;

/** What happened to the queries of a load: every row of the query log counts in exactly one of these. */
export const LoadResultSchema = Type.Object({
  queryCount: Type.Integer({ description: 'issued and ended: completed, failed or lost' }),
  completedCount: Type.Integer(),
  failedCount: Type.Integer({ description: 'refused by the device' }),
  lostCount: Type.Integer({ description: 'no completion within the deadline' }),
  lateCount: Type.Integer({ description: 'of the lost ones: completed after the deadline' }),
  duplicateCount: Type.Integer({ description: 'completions of queries that had one' }),
  unknownCount: Type.Integer({ description: 'completions of queries that were never issued' }),
  overLimitCount: Type.Optional(
    Type.Integer({ description: 'queries over targetLatencyNs, or without a completion' }),
  ),
  outstandingAtEndCount: Type.Optional(
    Type.Integer({ description: 'server: not ended yet at the last scheduled instant' }),
  ),
  atPercentileNs: Type.Optional(Ns),
  tokenCount: Type.Optional(Type.Integer({ description: 'of completed queries that told it' })),
  tokensPerSecond: Type.Optional(Type.Number()),
  timedNs: Type.Number({ description: 'sum of the latencies of the completed queries' }),
  lastScheduledAtNs: Type.Number({ description: 'since the first scheduled instant' }),
  scheduledPerSecond: Type.Optional(
    Type.Number({ description: '(n - 1) / last scheduled instant' }),
  ),
  completedPerSecond: Type.Optional(
    Type.Number({ description: '(n - 1) / completion of the last issued query' }),
  ),
  issueDelay: Type.Optional(
    Type.Object(
      { p50Ns: Ns, p90Ns: Ns, p99Ns: Ns, p999Ns: Ns, maxNs: Ns },
      { description: 'issue instant against the schedule; server' },
    ),
  ),
});
export type LoadResult = Static<typeof LoadResultSchema>;

/** Latency twice: as the host saw it stands elsewhere; here as the device reported it, and the difference. */
export const DeviceTimesSchema = Type.Object({
  queryCount: Type.Integer({ description: 'completed queries whose device told its duration' }),
  longerThanHostCount: Type.Integer({
    description: 'of them: the device says that it took longer than the host saw; clocks disagree',
  }),
  device: PercentilesSchema,
  difference: PercentilesSchema,
});
export type DeviceTimes = Static<typeof DeviceTimesSchema>;

/** What token-by-token answers say; absent when no query reported tokens. */
export const TokenResultSchema = Type.Object({
  tokenCount: Type.Integer(),
  tokensPerSecond: Type.Number(),
  ttft: PercentilesSchema,
  tpot: PercentilesSchema,
  ttftEarlyStoppingMet: Type.Boolean(),
  tpotEarlyStoppingMet: Type.Boolean(),
  ttftAtPercentileNs: Type.Optional(Ns),
  tpotAtPercentileNs: Type.Optional(Ns),
  ttftQueryCount: Type.Optional(Type.Integer({ description: 'of early stopping' })),
  tpotQueryCount: Type.Optional(Type.Integer({ description: 'of early stopping' })),
  ttftOverCount: Type.Optional(Type.Integer({ description: 'over ttftTargetNs, or none' })),
  tpotOverCount: Type.Optional(Type.Integer({ description: 'over tpotTargetNs, or none' })),
});
export type TokenResult = Static<typeof TokenResultSchema>;

/** One probe of the search for the highest rate. */
export const PeakProbeSchema = Type.Object({
  file: Type.String({ description: 'its query log inside the bundle' }),
  targetQps: Type.Number(),
  queryCount: Type.Integer(),
  overLimitCount: Type.Integer(),
  durationMs: Type.Number({ description: 'last scheduled instant' }),
  percentileNs: Type.Union([Ns, Type.Null()], { description: 'the stated percentile' }),
  decision: Type.Union([Type.Literal('holds'), Type.Literal('breaks'), Type.Literal('undecided')]),
  endedEarly: Type.Boolean({ description: 'decided before its full length' }),
});
export type PeakProbe = Static<typeof PeakProbeSchema>;

/** The highest server rate that holds its latency limit. */
export const PeakResultSchema = Type.Object({
  peakQps: Type.Union([Type.Number(), Type.Null()], {
    description: 'the highest rate that held; null when none did',
  }),
  breaksAtQps: Type.Union([Type.Number(), Type.Null()], {
    description: 'the lowest rate that did not hold',
  }),
  confidence: Type.Number({ description: 'of the decision on each probe' }),
  probes: Type.Array(PeakProbeSchema),
});
export type PeakResult = Static<typeof PeakResultSchema>;
