import { labError } from '#harness/contracts/error-catalogue.ts';
import type { RunRecord, Verdict } from '#harness/contracts/records/run-record.ts';
import { deriveResults } from '#harness/judge/derive-results.ts';
import {
  ruleSetOf,
  ruleSetVersion,
  ruleSetVersion1,
  ruleSetVersion2,
} from '#harness/judge/rule-set.ts';
import { judgeRun } from '#harness/judge/rules.ts';

import { openRawEvidence } from '../evidence/open-raw-evidence.ts';
import { jsonDifferences } from './json-differences.ts';
import type { VerifyDifference } from './verify-report.ts';

/** Verdicts of runs that did not end by themselves; the rules do not give them. */
const brokenOffVerdicts: ReadonlySet<Verdict> = new Set([
  'none',
  'aborted',
  'error',
  'inconclusive',
]);

/** Whether the run broke off: then it states no number, and its verdict is not one of the rules. */
export function brokeOff(record: RunRecord): boolean {
  return record.error !== null || record.verdict === 'aborted' || record.verdict === 'none';
}

/** A run that broke off has none of the verdicts that only whole data can have. */
function brokenOffDifferences(record: RunRecord): VerifyDifference[] {
  return [
    ...jsonDifferences('results', record.results, {}),
    ...jsonDifferences('rules', record.rules, []),
    ...(brokenOffVerdicts.has(record.verdict)
      ? []
      : jsonDifferences('verdict', record.verdict, 'error')),
  ];
}

const knownRuleSets: readonly string[] = [ruleSetVersion1, ruleSetVersion2, ruleSetVersion];

/** @throws LabError evidence/unreadable */
function checkRuleSet({ ruleSet, settings }: RunRecord): void {
  if (!knownRuleSets.includes(ruleSet)) {
    const known = `this Assay knows ${knownRuleSets.join(', ')}`;
    throw labError(
      'evidence/unreadable',
      `The record was judged by ${ruleSet}; ${known}. Verify it with the version of Assay that it names.`,
    );
  }
  if (ruleSet !== ruleSetOf(settings))
    throw labError(
      'evidence/unreadable',
      `The record was judged by ${ruleSet}, but its settings are those of ${ruleSetOf(settings)}.`,
    );
}

/**
 * Derives every number and the verdict of a record again from its raw files, by the rule set that it names. A run that
 * broke off must state none.
 *
 * @param dir - the bundle's folder
 * @returns where the record says something else; empty when it is right to the last bit
 * @throws LabError evidence/unreadable when the raw files cannot be read, or the record is of another rule set
 */
export function rederive(record: RunRecord, dir: string): VerifyDifference[] {
  if (brokeOff(record)) return brokenOffDifferences(record);
  checkRuleSet(record);
  using evidence = openRawEvidence(dir);
  const { raw } = evidence;
  const { settings, phases } = record;
  const derived = deriveResults(raw, settings, phases);
  const { wallClockStepMs } = record.clock;
  const context = { settings, results: derived, raw, wallClockStepMs };
  const judgement = judgeRun(context, record.ruleSet);
  return [
    ...jsonDifferences('results', record.results, derived),
    ...jsonDifferences('rules', record.rules, judgement.rules),
    ...jsonDifferences('verdict', record.verdict, judgement.verdict),
  ];
}
