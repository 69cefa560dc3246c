import type { RuleOutcome, RunRecord } from '#harness/contracts/records/run-record.ts';

/** Rules on answers, not on the load: the layout judges accuracy elsewhere. */
const isAboutAccuracy = (rule: string): boolean => rule.startsWith('accuracy');

/** The rules that decide whether a performance log is valid: all but those on the answers. */
export function loadRules(record: RunRecord): RuleOutcome[] {
  return record.rules.filter(({ rule }) => !isAboutAccuracy(rule));
}

/** Whether all of them are met. */
export function isValidLoad(record: RunRecord): boolean {
  return loadRules(record).every(({ met }) => met);
}

/** Whether a rule of this name was met; undefined when the rule set does not have it. */
export function ruleMet(record: RunRecord, name: string): boolean | undefined {
  return record.rules.find(({ rule }) => rule === name)?.met;
}

/** One line per rule that was not met: what, how far off, what to set. */
export function invalidReasons(record: RunRecord): string[] {
  return loadRules(record)
    .filter(({ met }) => !met)
    .map(({ rule, measured, limit, unit, advice }) =>
      `${rule}: measured ${measured} ${unit}, limit ${limit} ${unit}. ${advice}`.trim(),
    );
}
