import type { OrderKind, Selection } from '#harness/contracts/records/load-settings.ts';

/** What order and schedule of a load follow from; every value set, no default left. */
export interface LoadPlanSettings {
  readonly scenario: 'single-stream' | 'multi-stream' | 'server' | 'offline';
  readonly mode: 'performance' | 'accuracy';
  readonly order: OrderKind;
  readonly selection: Selection;
  /** Position in the sample set that `same` issues, from 0; 0 in other selections. */
  readonly sameIndex: number;
  /** Decimals in 0..2^64-1. */
  readonly seeds: {
    readonly qsl: string;
    readonly sampleIndex: string;
    readonly schedule: string;
    readonly accuracyLog: string;
  };
  /** Samples there are: 1..2^32-1. */
  readonly librarySampleCount: number;
  /** Samples of one loaded set: 1..librarySampleCount. */
  readonly performanceSampleCount: number;
  /** Samples of a multi-stream query; 1 in other scenarios. */
  readonly samplesPerQuery: number;
  readonly minDurationMs: number;
  readonly minQueryCount: number;
  /**
   * Queries a second: the rate of server; elsewhere a hint that sizes a plan and an offline query, and that no run
   * depends on.
   */
  readonly qps: number;
  /** Share of the samples whose answers a performance load keeps; 0 keeps none. */
  readonly accuracyLogProbability: number;
  /** How many answers a performance load should keep; 0 leaves it to the probability, others replace it. */
  readonly accuracyLogSamplingTarget: number;
}
