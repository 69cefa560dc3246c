import type { Command } from 'commander';

import { formatTable, type TableColumn } from '#harness/kernel/format/table.ts';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import type { DaemonClient } from '../daemon-client.ts';
import { print, printJson } from '../output/print.ts';

type Suite = Awaited<ReturnType<DaemonClient['suites']>>[number];

const columns: readonly TableColumn<Suite>[] = [
  { title: 'suite', cell: ({ suiteId }) => suiteId },
  { title: 'version', cell: ({ version }) => version },
  { title: 'title', cell: ({ title }) => title },
];

/** `assay suites` */
export function addSuitesCommand(program: Command): void {
  program
    .command('suites')
    .description('list the suites that can be run')
    .addOption(urlOption())
    .option('--json', 'as JSON')
    .action(async (options: { url?: string; json?: boolean }) => {
      const suites = await (await connectDaemon(options.url)).suites();
      if (options.json === true) printJson(suites);
      else print(formatTable(columns, suites));
    });
}
