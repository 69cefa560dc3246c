import type { RunRecord } from '#harness/contracts/records/run-record.ts';

import { formatCount, formatDurationNs, formatNumber } from './format-quantity.ts';
import { heldFirstToken, heldFurtherToken } from './held-durations.ts';
import { percentileTable } from './percentile-table.ts';
import type { Fact, ReportBlock } from './report-document.ts';

/** A limit on tokens, and how many queries are over it, as early stopping saw it. */
function limitFacts(
  held: ReturnType<typeof heldFirstToken>,
  overCount: number | undefined,
  isStoppingMet: boolean,
): Fact[] {
  return held.map(({ label, measuredNs, limitNs }) => {
    const parts = [
      ...(measuredNs === undefined ? [] : [formatDurationNs(measuredNs)]),
      `limit ${formatDurationNs(limitNs)}`,
      ...(overCount === undefined ? [] : [`${formatCount(overCount)} queries over it`]),
      isStoppingMet ? 'early stopping met' : 'early stopping not met',
    ];
    return { label, value: parts.join(', ') };
  });
}

/** Answers that tell how many tokens they hold, but not when each came. */
function countOnlyBlocks({ load }: RunRecord['results']): ReportBlock[] {
  if (load?.tokenCount === undefined || load.tokensPerSecond === undefined) return [];
  const rate = `${formatNumber(load.tokensPerSecond)} per second`;
  const facts = [{ label: 'Tokens', value: `${formatCount(load.tokenCount)}, ${rate}` }];
  return [
    { kind: 'subheading', text: 'Tokens' },
    { kind: 'facts', facts },
  ];
}

/** Times to the first and per further token, and their rate; nothing where no query told of tokens. */
export function tokenBlocks(record: RunRecord): ReportBlock[] {
  const { tokens } = record.results;
  if (tokens === undefined) return countOnlyBlocks(record.results);
  const rate = `${formatNumber(tokens.tokensPerSecond)} per second`;
  return [
    { kind: 'subheading', text: 'Tokens' },
    {
      kind: 'facts',
      facts: [
        { label: 'Tokens', value: `${formatCount(tokens.tokenCount)}, ${rate}` },
        ...limitFacts(heldFirstToken(record), tokens.ttftOverCount, tokens.ttftEarlyStoppingMet),
        ...limitFacts(heldFurtherToken(record), tokens.tpotOverCount, tokens.tpotEarlyStoppingMet),
      ],
    },
    percentileTable(
      [
        { name: 'TTFT', stated: tokens.ttft },
        { name: 'TPOT', stated: tokens.tpot },
      ],
      'TTFT: time to the first token, from the same instant as the latency. TPOT: time per further token.',
    ),
  ];
}
