import { Type, type Static } from 'typebox';

import { ErrorRecordSchema } from '../error-record.ts';
import { AuditResultSchema, AuditSettingsSchema } from './audit-record.ts';
import {
  DeviceTimesSchema,
  LoadResultSchema,
  PeakResultSchema,
  TokenResultSchema,
} from './load-results.ts';
import {
  OrderKindSchema,
  PeakSettingsSchema,
  ProvenanceSchema,
  SeedsSchema,
  SelectionSchema,
} from './load-settings.ts';
import { StreamResultSchema, StreamSettingsSchema } from './stream-record.ts';

const Sha256Schema = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Ns = Type.Number({ description: 'nanoseconds on the run clock' });

/** Worst child wins; the order of the glossary. */
export const VerdictSchema = Type.Union([
  Type.Literal('none'),
  Type.Literal('pass'),
  Type.Literal('marginal'),
  Type.Literal('inconclusive'),
  Type.Literal('fail'),
  Type.Literal('aborted'),
  Type.Literal('error'),
]);
/** How good it is; where it stands is another field. */
export type Verdict = Static<typeof VerdictSchema>;

/** How load is issued; `find-peak` searches the highest server rate that holds its latency limit. */
export const ScenarioSchema = Type.Union([
  Type.Literal('single-stream'),
  Type.Literal('multi-stream'),
  Type.Literal('server'),
  Type.Literal('offline'),
  Type.Literal('find-peak'),
]);
export type Scenario = Static<typeof ScenarioSchema>;

/**
 * What is measured: `both` does accuracy, then performance, in one run; `compliance` interleaves base and audit legs.
 */
export const ModeSchema = Type.Union([
  Type.Literal('performance'),
  Type.Literal('accuracy'),
  Type.Literal('both'),
  Type.Literal('compliance'),
]);
export type Mode = Static<typeof ModeSchema>;

/** Who answered. */
export const DutIdentitySchema = Type.Object({
  vendor: Type.String({ description: 'as the device names itself' }),
  firmware: Type.String(),
  firmwareMode: Type.String({ description: 'performance, energy, or none' }),
  model: Type.String({ description: 'model the device says it holds; empty when it holds none' }),
  chipId: Type.Optional(Type.String({ description: 'as read back from the chip' })),
  usb: Type.Optional(
    Type.Object({
      topologyPath: Type.String({ description: 'bus and ports, 1-1.2' }),
      vendorId: Type.Integer({ minimum: 0, maximum: 0xffff }),
      productId: Type.Integer({ minimum: 0, maximum: 0xffff }),
      serialNumber: Type.String(),
    }),
  ),
  network: Type.Optional(
    Type.Object({
      address: Type.String({ description: 'as configured; without credentials' }),
      server: Type.String({ description: 'name and version, as it says' }),
    }),
  ),
});
export type DutIdentity = Static<typeof DutIdentitySchema>;

/** What happened on the link to the board. */
export const LinkCountersSchema = Type.Object({
  bytesSent: Type.Integer(),
  bytesReceived: Type.Integer(),
  commandCount: Type.Integer(),
  retryCount: Type.Integer(),
  resyncCount: Type.Integer(),
  garbledReplyCount: Type.Integer(),
  errorRate: Type.Optional(
    Type.Number({ description: 'retries, resynchronisations and garbled replies per command' }),
  ),
  verification: Type.Optional(
    Type.Union([Type.Literal('read-back'), Type.Literal('sampled'), Type.Literal('count')], {
      description: 'where the protocol has no checksum: which samples and results were read twice',
    }),
  ),
});
export type LinkCounters = Static<typeof LinkCountersSchema>;

/** How a device's clock relates to the run clock, from round trips. */
export const DeviceClockSchema = Type.Object({
  ticksPerSecond: Type.Number(),
  offsetNs: Type.Number({ description: "the device's clock minus the run clock" }),
  offsetUncertaintyNs: Type.Number({
    description: 'half of the shortest round trip, and what the drift adds since then',
  }),
  driftPpm: Type.Union([Type.Number(), Type.Null()], {
    description: 'null while the exchanges lie too close together',
  }),
  roundTripNs: Type.Number({ description: 'the shortest' }),
  exchangeCount: Type.Integer(),
});
export type DeviceClock = Static<typeof DeviceClockSchema>;

/** Answers that a run took over from an earlier attempt of its job that was interrupted. */
export const ResumedAnswersSchema = Type.Object({
  runId: Type.String(),
  sampleCount: Type.Integer({ minimum: 1 }),
});
export type ResumedAnswers = Static<typeof ResumedAnswersSchema>;

/** A rung of the recovery ladder that was used during the run. */
export const RecoveryStepSchema = Type.Object({
  rung: Type.String({ description: 'reopen, reset, port-power, power-switch, redeploy' }),
  atNs: Ns,
  helped: Type.Boolean(),
  reason: Type.String({ description: 'code of the error that it was used for' }),
});
export type RecoveryStep = Static<typeof RecoveryStepSchema>;

/** Every setting that the load and the verdict depend on; all needed to derive the results again. */
export const RunSettingsSchema = Type.Object({
  scenario: ScenarioSchema,
  mode: ModeSchema,
  seed: Type.Integer({ minimum: 0, description: 'seed of the sample order' }),
  minDurationMs: Type.Number({ description: 'of the performance load, sum of the timed queries' }),
  minQueryCount: Type.Integer(),
  maxDurationMs: Type.Number({ description: 'ceiling of wall time of the performance load' }),
  queryDeadlineMs: Type.Number(),
  percentile: Type.Number({ description: 'of the early-stopping latency, 0.9' }),
  windowCount: Type.Integer({ description: 'throughput windows; 0 for none' }),
  minWindowMs: Type.Number(),
  accuracySampleCount: Type.Integer(),
  accuracyMetric: Type.Literal('top-1'),
  accuracyAtLeast: Type.Number({ description: 'limit as a fraction' }),
  performanceSampleCount: Type.Integer({
    description: 'distinct samples used for performance, the first of the data set',
  }),
  powerRequired: Type.Boolean(),
  // Everything below is absent in records of rule set 1, whose loads were of portable order, one sample a query.
  order: Type.Optional(OrderKindSchema),
  selection: Type.Optional(SelectionSchema),
  sameIndex: Type.Optional(Type.Integer({ minimum: 0 })),
  seeds: Type.Optional(SeedsSchema),
  librarySampleCount: Type.Optional(
    Type.Integer({ minimum: 1, description: 'samples of the whole data set' }),
  ),
  samplesPerQuery: Type.Optional(Type.Integer({ minimum: 1 })),
  targetQps: Type.Optional(Type.Number({ description: 'server: arrivals per second' })),
  targetLatencyNs: Type.Optional(
    Type.Number({ description: 'server: limit of the percentile, from the scheduled instant' }),
  ),
  ttftTargetNs: Type.Optional(Type.Number({ description: 'limit of the time to first token' })),
  tpotTargetNs: Type.Optional(Type.Number({ description: 'limit of the time per output token' })),
  outstandingCountMax: Type.Optional(
    Type.Integer({ description: 'queries issued and not yet answered; at more the load ends' }),
  ),
  accuracyLogSamplingTarget: Type.Optional(
    Type.Integer({ description: 'about how many answers of the performance load are kept' }),
  ),
  statesDeviceTimes: Type.Optional(
    Type.Boolean({
      description:
        'the results hold what devices report of their own durations; absent: they do not',
    }),
  ),
  audit: Type.Optional(AuditSettingsSchema),
  peak: Type.Optional(PeakSettingsSchema),
  stream: Type.Optional(StreamSettingsSchema),
  provenance: Type.Optional(
    Type.Record(Type.String(), ProvenanceSchema, {
      description: 'where the value of each setting comes from, by its name',
    }),
  ),
});
export type RunSettings = Static<typeof RunSettingsSchema>;

/** Latencies of the completed queries; sorted[floor(n * p)], no interpolation. */
export const LatencyResultSchema = Type.Object({
  queryCount: Type.Integer(),
  failedQueryCount: Type.Integer(),
  minNs: Ns,
  meanNs: Ns,
  p50Ns: Ns,
  p90Ns: Ns,
  p95Ns: Ns,
  p97Ns: Ns,
  p99Ns: Ns,
  p999Ns: Ns,
  maxNs: Ns,
  earlyStopping: Type.Object({
    percentile: Type.Number(),
    met: Type.Boolean(),
    latencyNs: Type.Union([Ns, Type.Null()]),
    queriesNeeded: Type.Integer({ description: 'how many more queries were needed; 0 when met' }),
  }),
});
export type LatencyResult = Static<typeof LatencyResultSchema>;

/** Inferences per second. */
export const ThroughputResultSchema = Type.Object({
  samplesPerSecond: Type.Number(),
  basis: Type.Union([
    Type.Literal('windows-median'),
    Type.Literal('mean-latency'),
    Type.Literal('offline'),
    Type.Literal('completed-rate'),
  ]),
  windowSamplesPerSecond: Type.Array(Type.Number()),
});
export type ThroughputResult = Static<typeof ThroughputResultSchema>;

/** Share of right answers. */
export const AccuracyResultSchema = Type.Object({
  metric: Type.Literal('top-1'),
  value: Type.Number({ description: 'fraction' }),
  correctCount: Type.Integer(),
  sampleCount: Type.Integer(),
  atLeast: Type.Number({ description: 'limit as a fraction' }),
});
export type AccuracyResult = Static<typeof AccuracyResultSchema>;

/** Energy over the throughput windows, from recorded samples only. */
export const EnergyResultSchema = Type.Object({
  microjoulesPerInference: Type.Number({ description: 'median of the windows' }),
  windowMicrojoulesPerInference: Type.Array(Type.Number()),
  meanWatts: Type.Number({ description: 'over all windows' }),
  idleWatts: Type.Union([Type.Number(), Type.Null()], {
    description: 'over the settling phase, before any load',
  }),
  sampleRateHz: Type.Number(),
  sampleCount: Type.Integer(),
  lostSampleCount: Type.Integer(),
  clockOffsetUncertaintyNs: Type.Number({
    description: 'spread of the arrival delays used for the alignment',
  }),
});
export type EnergyResult = Static<typeof EnergyResultSchema>;

/** Every number that a report may show. A part that was not measured is absent. */
export const ResultsSchema = Type.Object({
  accuracy: Type.Optional(AccuracyResultSchema),
  latency: Type.Optional(LatencyResultSchema),
  throughput: Type.Optional(ThroughputResultSchema),
  energy: Type.Optional(EnergyResultSchema),
  load: Type.Optional(LoadResultSchema),
  deviceTimes: Type.Optional(DeviceTimesSchema),
  tokens: Type.Optional(TokenResultSchema),
  peak: Type.Optional(PeakResultSchema),
  audit: Type.Optional(AuditResultSchema),
  stream: Type.Optional(StreamResultSchema),
});
export type Results = Static<typeof ResultsSchema>;

/** One rule applied to the data: what was measured, what the limit is, and what to set next. */
export const RuleOutcomeSchema = Type.Object({
  rule: Type.String({
    description: 'kebab-case name: min-duration, early-stopping, accuracy-target …',
  }),
  kind: Type.Union([Type.Literal('validity'), Type.Literal('limit')], {
    description: 'validity: is the data usable · limit: a declared limit of the suite',
  }),
  met: Type.Boolean(),
  measured: Type.Number(),
  limit: Type.Number(),
  unit: Type.String(),
  advice: Type.String({ description: 'the setting to use next, in words; empty when met' }),
  distance: Type.Optional(
    Type.Number({ description: 'how far measured is from the limit, in its unit; 0 when met' }),
  ),
  next: Type.Optional(
    Type.Object(
      { setting: Type.String(), value: Type.Number() },
      { description: 'the setting to use next; absent when met, or when no setting helps' },
    ),
  ),
});
export type RuleOutcome = Static<typeof RuleOutcomeSchema>;

/** A phase of the run and when it was entered and left. */
export const PhaseSpanSchema = Type.Object({
  phase: Type.String(),
  startedAtNs: Ns,
  endedAtNs: Ns,
});
export type PhaseSpan = Static<typeof PhaseSpanSchema>;

/** One file of the bundle. */
export const EvidenceFileSchema = Type.Object({
  path: Type.String({ description: 'relative to the bundle, with /' }),
  sha256: Sha256Schema,
  byteCount: Type.Integer(),
});
export type EvidenceFile = Static<typeof EvidenceFileSchema>;

/** The record: one canonical JSON document that holds what a report says and the hashes of what it was derived from. */
export const RunRecordSchema = Type.Object({
  recordVersion: Type.Literal('1'),
  runId: Type.String(),
  jobId: Type.String(),
  attempt: Type.Integer({ minimum: 1 }),
  lab: Type.Object({ id: Type.String(), name: Type.String(), place: Type.String() }),
  stationId: Type.String(),
  board: Type.Object({
    id: Type.String(),
    name: Type.String(),
    maker: Type.String(),
    driver: Type.String(),
    identity: Type.Union([DutIdentitySchema, Type.Null()]),
  }),
  suite: Type.Object({
    id: Type.String(),
    version: Type.String(),
    title: Type.String(),
    modelSha256: Sha256Schema,
    modelArchitecture: Type.String(),
    datasetId: Type.String(),
    datasetVersion: Type.String(),
    datasetSha256: Sha256Schema,
  }),
  instruments: Type.Array(
    Type.Object({
      id: Type.String(),
      driver: Type.String(),
      maker: Type.String(),
      model: Type.String(),
      serialNumber: Type.String(),
      firmware: Type.String(),
    }),
  ),
  settings: RunSettingsSchema,
  ruleSet: Type.String({ description: 'version of the rules that turn data into a verdict' }),
  clock: Type.Object({
    startedAtUtc: Type.String({ description: 'ISO 8601; instant 0 of the run clock' }),
    endedAtUtc: Type.String(),
    wallClockStepMs: Type.Number({
      description: 'how much wall and monotonic clock differ at the end',
    }),
  }),
  software: Type.Object({
    assay: Type.String(),
    node: Type.String(),
    inference: Type.String(),
    operatingSystem: Type.String(),
    processor: Type.String(),
  }),
  phases: Type.Array(PhaseSpanSchema),
  link: Type.Union([LinkCountersSchema, Type.Null()]),
  deviceClock: Type.Optional(DeviceClockSchema),
  resumed: Type.Optional(ResumedAnswersSchema),
  recovery: Type.Optional(Type.Array(RecoveryStepSchema)),
  results: ResultsSchema,
  rules: Type.Array(RuleOutcomeSchema),
  verdict: VerdictSchema,
  error: Type.Union([ErrorRecordSchema, Type.Null()]),
  files: Type.Array(EvidenceFileSchema),
  salt: Type.String({
    description: '128 random bits in hex, so that the hash does not leak the result',
  }),
});
export type RunRecord = Static<typeof RunRecordSchema>;
