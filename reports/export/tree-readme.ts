import type { ExportRun, MissingField } from './export-run.ts';
import { notResultNotice, trademarkAttribution } from './notice.ts';

function runLine({ record }: ExportRun): string {
  const { runId, suite, board, settings, clock, lab } = record;
  return `- run ${runId}: ${suite.title} ${suite.version}, ${settings.scenario}, ${settings.mode}, on ${board.name} (${board.maker}), ${lab.name}, ${clock.startedAtUtc}`;
}

/** Missing fields, a line per file. */
function missingLines(missing: readonly MissingField[]): string[] {
  const byFile = new Map<string, string[]>();
  for (const { file, field } of missing) byFile.set(file, [...(byFile.get(file) ?? []), field]);
  return [...byFile].map(([file, fields]) => `- \`${file}\`: ${fields.join(', ')}`);
}

function orderLine(run: ExportRun): string {
  const { order = 'portable', seeds } = run.record.settings;
  const drawn =
    order === 'portable'
      ? "the order and the schedule are those of Assay's own generator, which the same seeds repeat on every platform"
      : `the order and the schedule are those of the generator "${order}"`;
  const which = seeds === undefined ? 'one seed, of the order only' : 'the seeds in the log';
  return `- run ${run.record.runId}: ${drawn}; ${which}`;
}

/** `README.md` at the top of the tree: what it is and is not, where it comes from, what is missing. */
export function treeReadme(runs: readonly ExportRun[], missing: readonly MissingField[]): string {
  const energy = runs.some(({ record }) => record.results.energy !== undefined)
    ? [
        'Energy was measured and is not in this tree: its layout takes only meters of its own list.',
        '',
      ]
    : [];
  return [
    '# Layout-compatible export',
    '',
    `**${notResultNotice}.**`,
    '',
    'Assay wrote these files from the records and raw files of its runs, in the layout that tools of the field read.',
    'Own models, own data and an own load generator were used. All values are unverified: they have not been through',
    'a review and may come from methods that differ from those of reviewed results; do not compare the two.',
    '',
    '## Runs',
    '',
    ...runs.map(runLine),
    '',
    '## Order of the samples',
    '',
    ...runs.map(orderLine),
    '',
    ...energy,
    '## Missing',
    '',
    'Our records do not hold these fields. Where the format allows text the file says `n/a`; elsewhere the key is left',
    'out. Nothing was made up.',
    '',
    ...(missing.length === 0 ? ['- nothing'] : missingLines(missing)),
    '',
    '## Marks',
    '',
    trademarkAttribution,
    '',
  ].join('\n');
}
