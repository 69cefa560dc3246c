import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

/** Seeds of the rules, in the order qsl, sample index, schedule. */
const officialSeeds: Readonly<Record<string, readonly [string, string, string]>> = {
  'v6.0 and v6.1': ['2085463073848966840', '2747215439041700203', '16159082839903944936'],
  'v5.1': ['1780908523862526354', '14771362308971278857', '18209322760996052031'],
};

const seedKeys = [
  'effective_qsl_rng_seed',
  'effective_sample_index_rng_seed',
  'effective_schedule_rng_seed',
] as const;

/** Seeds are whole numbers; other than the official ones is a note: our order is our own, and never official. */
export function checkSeeds({ file, content }: LogView): Finding[] {
  const lines = seedKeys.flatMap((key) => content.find(key) ?? []);
  const odd = lines.filter(({ valueText }) => !/^\d{1,20}$/.test(valueText));
  if (odd.length > 0) {
    return odd.map(({ key, valueText, line }) =>
      finding(
        'error',
        { file, line },
        { check: 'seeds-wrong', message: `${key} is ${valueText}, no whole number.` },
      ),
    );
  }
  if (lines.length < seedKeys.length) return [];
  const found = lines.map(({ valueText }) => valueText);
  const isOfficial = Object.values(officialSeeds).some((seeds) =>
    seeds.every((seed, place) => seed === found[place]),
  );
  if (isOfficial) return [];
  const message = `The seeds ${found.join(', ')} are not the official seeds of ${Object.keys(officialSeeds).join(' or ')}: this can never be an official result.`;
  return [
    finding('note', { file, line: lines[0]?.line }, { check: 'seeds-not-official', message }),
  ];
}
