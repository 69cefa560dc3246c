import type { Command } from 'commander';

import { errorCatalogue } from '#harness/contracts/error-catalogue.ts';
import { formatTable, type TableColumn } from '#harness/kernel/format/table.ts';

import { print, printJson } from '../output/print.ts';

type CatalogueRow = readonly [
  code: string,
  entry: (typeof errorCatalogue)[keyof typeof errorCatalogue],
];

const columns: readonly TableColumn<CatalogueRow>[] = [
  { title: 'code', cell: ([code]) => code },
  { title: 'class', cell: ([, entry]) => entry.class },
  { title: 'retry', cell: ([, entry]) => entry.retry },
  { title: 'what to do', cell: ([, entry]) => entry.remedy },
];

/** `assay errors` */
export function addErrorsCommand(program: Command): void {
  program
    .command('errors')
    .description('list every error code with its class, retry advice and remedy')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      if (options.json === true) printJson(errorCatalogue);
      else print(formatTable(columns, Object.entries(errorCatalogue)));
    });
}
