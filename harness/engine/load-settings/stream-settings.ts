import type { Suite } from '#harness/contracts/define-suite.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

/**
 * What the rule set says of streams where the suite does not. The tolerance is what the code of the field's public
 * runner does, which adds its second twice; its README says one second.
 */
const streamDefaults = {
  toleranceMs: 2000,
  debounceMs: 1000,
  frameCountMax: 100,
  framePeriodMs: 32,
  periodVariationMax: 0.02,
} as const;

/** With the stream of the suite, which replaces the load; the settings as they are where the suite has none. */
export function withStream(settings: RunSettings, suite: Suite): RunSettings {
  const { stream } = suite;
  if (stream === undefined) return settings;
  return {
    ...settings,
    windowCount: 0,
    powerRequired: false,
    accuracySampleCount: 0,
    stream: { ...streamDefaults, wordCount: suite.dataset.sampleCount, ...stream },
    provenance: { ...settings.provenance, stream: 'suite' },
  };
}
