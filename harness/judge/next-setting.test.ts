import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RuleOutcome, RunSettings } from '#harness/contracts/records/run-record.ts';

import { deriveResults } from './derive-results.ts';
import { judgeRun } from './rules.ts';
import { logOfRows } from './testing/log-of-rows.ts';
import { syntheticLoad, type SyntheticDevice } from './testing/synthetic-load.ts';
import { testServerSettings, testSettings } from './testing/test-settings.ts';

const ms = 1e6;

/** The rules that a load of the device does not meet. */
function unmetOf(settings: RunSettings, device: SyntheticDevice): readonly RuleOutcome[] {
  const raw = { queries: logOfRows(syntheticLoad(settings, device)) };
  const results = deriveResults(raw, settings, []);
  const { rules } = judgeRun({ settings, results, raw, wallClockStepMs: 0 });
  return rules.filter(({ met }) => !met);
}

/** A device of about this speed; each query takes up to 4 % more or less. */
function deviceOf(serviceNs: number, seed: number): SyntheticDevice {
  const chance = () => {
    let state = seed;
    return (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296;
    };
  };
  return {
    serviceNs: (query) => Math.floor(serviceNs * (0.96 + 0.08 * (((query * 7919) % 101) / 101))),
    chance,
  };
}

/** The settings that the rule asks for. */
function withNext(settings: RunSettings, next: NonNullable<RuleOutcome['next']>): RunSettings {
  return { ...settings, [next.setting]: next.value };
}

/**
 * Rules of the first run that are still unmet when the setting that they ask for is used.
 *
 * @param stepCount - how often it may be followed
 */
function stillUnmet(settings: RunSettings, device: SyntheticDevice, stepCount = 1): string[] {
  const first = unmetOf(settings, device);
  return first.flatMap(({ rule, next: asked }) => {
    let [changed, next] = [settings, asked];
    for (let step = 0; step < stepCount && next !== undefined; step += 1) {
      changed = withNext(changed, next);
      const again = unmetOf(changed, device);
      const outcome = again.find((other) => other.rule === rule);
      if (outcome === undefined) return [];
      next = outcome.next;
    }
    return next === undefined ? [] : [`${rule} with ${next.setting} ${next.value}`];
  });
}

describe('the setting to use next', () => {
  const seeds = fc.integer({ min: 1, max: 1_000_000 });

  it('makes the rule met: streams and offline, any selection, whatever ended the load', () => {
    fc.assert(
      fc.property(
        fc.record({
          scenario: fc.constantFrom('single-stream', 'multi-stream', 'offline'),
          selection: fc.constantFrom('normal', 'equal-issue', 'unique'),
          minDurationMs: fc.integer({ min: 0, max: 3000 }),
          minQueryCount: fc.integer({ min: 1, max: 400 }),
          maxDurationMs: fc.integer({ min: 50, max: 4000 }),
          performanceSampleCount: fc.integer({ min: 8, max: 300 }),
          percentile: fc.constantFrom(0.9, 0.95),
        }),
        fc.integer({ min: 1_000_000, max: 20_000_000 }),
        fc.tuple(fc.boolean(), seeds),
        (change, serviceNs, [isTooSlow, seed]) => {
          const samplesPerQuery = change.scenario === 'multi-stream' ? 4 : 1;
          const queryDeadlineMs = isTooSlow ? (serviceNs * 0.9) / ms : 1000;
          const settings = { ...testSettings, ...change, samplesPerQuery, queryDeadlineMs };
          // Where the samples are spent, the ceiling may bind once there are more of them.
          const stepCount = change.selection === 'unique' ? 2 : 1;
          expect(stillUnmet(settings, deviceOf(serviceNs, seed), stepCount)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('makes the rule met in at most four steps: server, short, over its limit, overloaded', () => {
    fc.assert(
      fc.property(
        fc.record({
          minDurationMs: fc.integer({ min: 0, max: 20_000 }),
          maxDurationMs: fc.integer({ min: 5000, max: 30_000 }),
          minQueryCount: fc.integer({ min: 1, max: 3000 }),
          targetQps: fc.integer({ min: 50, max: 600 }),
          targetLatencyNs: fc.integer({ min: 10 * ms, max: 60 * ms }),
          outstandingCountMax: fc.constantFrom(50, 10_000),
        }),
        fc.integer({ min: 1_500_000, max: 5_000_000 }),
        seeds,
        (change, serviceNs, seed) => {
          const settings: RunSettings = { ...testServerSettings, ...change };
          expect(stillUnmet(settings, deviceOf(serviceNs, seed), 4)).toEqual([]);
        },
      ),
      { numRuns: 100, seed: 20_260_417, endOnFailure: true },
    );
  });
});
