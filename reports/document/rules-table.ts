import type { RuleOutcome, RunRecord } from '#harness/contracts/records/run-record.ts';

import { formatMeasured } from './format-quantity.ts';
import type { ReportBlock } from './report-document.ts';
import { leftColumn, rightColumn } from './table-columns.ts';

/** Digits of a setting to be used next: more than were measured to. */
const settingDigits = 6;

/** `maxDurationMs 66000`: as it is typed into a job; else what to do, in words. */
export function nextText({ next, advice }: RuleOutcome): string {
  if (next === undefined) return advice;
  return `${next.setting} ${Number(next.value.toPrecision(settingDigits))}`;
}

/** How far a rule that is not met is from its limit. */
function distanceText({ distance, unit, met }: RuleOutcome): string {
  return met || distance === undefined ? '–' : formatMeasured(Math.abs(distance), unit);
}

/** Every rule with what was measured; distance and next setting where the rule set states them. */
export function rulesBlocks({ rules, ruleSet }: RunRecord): ReportBlock[] {
  if (rules.length === 0) return [];
  const hasDistance = rules.some(({ met, distance }) => !met && distance !== undefined);
  const hasNext = rules.some((rule) => nextText(rule) !== '');
  return [
    { kind: 'subheading', text: `Rules, ${ruleSet}` },
    {
      kind: 'table',
      columns: [
        leftColumn('Rule'),
        leftColumn('Kind'),
        rightColumn('Measured'),
        rightColumn('Limit'),
        ...(hasDistance ? [rightColumn('Distance')] : []),
        leftColumn('Outcome'),
        ...(hasNext ? [{ ...leftColumn('What to set next'), isWide: true }] : []),
      ],
      rows: rules.map((rule) => [
        rule.rule,
        rule.kind,
        formatMeasured(rule.measured, rule.unit),
        formatMeasured(rule.limit, rule.unit),
        ...(hasDistance ? [distanceText(rule)] : []),
        rule.met ? 'met' : 'NOT MET',
        ...(hasNext ? [nextText(rule)] : []),
      ]),
      note: 'Validity rules ask whether the data can be used; limits are declared by the suite before the run.',
    },
  ];
}
