import type { RunSettings, Scenario } from '#harness/contracts/records/run-record.ts';

/** Version of the rules that new runs are judged by; it goes into the record and changes with any of them. */
export const ruleSetVersion = 'assay-rules-3';

/** The rules of records whose settings name no order. */
export const ruleSetVersion1 = 'assay-rules-1';

/**
 * The rules of records whose settings say nothing of device times: the rates of windows are rounded another way in the
 * last bit than the public runner's, and what devices report of their durations is not stated.
 */
export const ruleSetVersion2 = 'assay-rules-2';

/** Whether the settings are those of a record of rule set 1. */
export function isOfRuleSet1(settings: RunSettings): boolean {
  return settings.order === undefined;
}

/** Whether the settings are those of a record of rule set 1 or 2. */
export function isBeforeRuleSet3(settings: RunSettings): boolean {
  return settings.statesDeviceTimes === undefined;
}

/** The version of the rules that settings like these are judged by. */
export function ruleSetOf(settings: RunSettings): string {
  if (isOfRuleSet1(settings)) return ruleSetVersion1;
  return isBeforeRuleSet3(settings) ? ruleSetVersion2 : ruleSetVersion;
}

/** What the rule set sets where neither suite nor job does. */
export interface RuleSetDefaults {
  /** In 0 < p < 1. */
  readonly percentile: number;
  readonly samplesPerQuery: number;
}

/** By scenario; the protocol sheet "load generation", section 1. */
export const ruleSetDefaults: Readonly<Record<Scenario, RuleSetDefaults>> = {
  'single-stream': { percentile: 0.9, samplesPerQuery: 1 },
  'multi-stream': { percentile: 0.99, samplesPerQuery: 8 },
  server: { percentile: 0.99, samplesPerQuery: 1 },
  offline: { percentile: 0.99, samplesPerQuery: 1 },
  'find-peak': { percentile: 0.99, samplesPerQuery: 1 },
};
