import process from 'node:process';

import { Option, type Command } from 'commander';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { formatTable, printable } from '#harness/kernel/format/table.ts';

import { exitCodes } from '../exit-code.ts';
import { print, printJson } from '../output/print.ts';

interface ExportOptions {
  readonly layout?: string;
  readonly to?: string;
  readonly check?: string;
  readonly skipSetSizes?: boolean;
  readonly submitter?: string;
  readonly system?: string;
  readonly systemJson?: string;
  readonly benchmark?: string;
  readonly config?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

const usage = (message: string): Error => labError('cli/usage', message);

async function check(dir: string, options: ExportOptions): Promise<void> {
  const { checkExport } = await import('#harness/app/export-runs.ts');
  const found = checkExport(dir, { skipsSetSizes: options.skipSetSizes === true });
  process.exitCode = found.ok ? exitCodes.pass : exitCodes.failOrInvalid;
  if (options.json === true) {
    printJson(found);
    return;
  }
  type Found = (typeof found.findings)[number];
  const columns = [
    { title: 'severity', cell: ({ severity }: Found) => severity },
    { title: 'check', cell: ({ check: name }: Found) => name },
    {
      title: 'where',
      cell: ({ file, line }: Found) => (line === undefined ? file : `${file}:${line}`),
    },
    { title: 'finding', cell: ({ message }: Found) => message },
  ];
  if (found.findings.length > 0) print(formatTable(columns, found.findings));
  const count = `${found.errorCount} errors, ${found.noteCount} notes`;
  print(found.ok ? `IN ORDER: ${count}` : `NOT IN ORDER: ${count}`);
}

/** Missing fields, a line per file. */
function missingLines(
  missing: readonly { readonly file: string; readonly field: string }[],
): string[] {
  const byFile = new Map<string, string[]>();
  for (const { file, field } of missing) byFile.set(file, [...(byFile.get(file) ?? []), field]);
  return [...byFile].map(([file, fields]) => `missing in ${file}: ${fields.join(', ')}`);
}

async function write(runs: readonly string[], options: ExportOptions): Promise<void> {
  const { layout, to, submitter, system, benchmark, systemJson, config, stateDir } = options;
  if (runs.length === 0) throw usage('name at least one run, or check a tree with --check <dir>');
  if (layout === undefined) throw usage('name the layout: --layout inference-v6');
  if (to === undefined) throw usage('name the folder to write: --to <dir>');
  const { exportRuns } = await import('#harness/app/export-runs.ts');
  const names = { submitter, system, benchmark };
  const place = { configPath: config, stateDir };
  const tree = await exportRuns({ runs, to, names, systemJsonPath: systemJson, ...place });
  if (options.json === true) {
    printJson(tree);
    return;
  }
  for (const log of tree.places) print(printable(`${tree.dir}/${log}`));
  for (const line of missingLines(tree.missing)) print(printable(line));
  print(tree.notice);
}

/** `assay export --layout inference-v6 <run…> --to DIR`, `assay export --check DIR` */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .argument('[run...]', 'ids of runs, or folders of bundles')
    .description('write runs as a tree in the layout that tools of the field read; needs no daemon')
    .addOption(new Option('--layout <name>', 'the layout').choices(['inference-v6']))
    .option('--to <dir>', 'folder of the tree; it must not exist yet, or be empty')
    .option('--submitter <name>', "instead of the lab's name")
    .option('--system <name>', "instead of the board's name")
    .option('--system-json <file>', 'fields of the system that the records do not know')
    .option('--benchmark <name>', 'official benchmark that the suite stands for')
    .option('--check <dir>', 'check a tree instead of writing one')
    .option('--skip-set-sizes', 'with --check: sizes other than the official ones are notes')
    .option('--config <file>', 'path of lab.config.ts (default: the nearest above this folder)')
    .option('--state-dir <folder>', 'where runs/ lies, instead of stateDir of lab.config.ts')
    .option('--json', 'as JSON')
    .action(async (runs: readonly string[], options: ExportOptions) => {
      if (options.check === undefined) {
        await write(runs, options);
        return;
      }
      if (runs.length > 0 || options.to !== undefined)
        throw usage('--check takes a tree and no runs');
      await check(options.check, options);
    });
}
