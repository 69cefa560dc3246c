import { InvalidArgumentError, type Command } from 'commander';

import { resultsTable } from '#harness/contracts/format/results-table.ts';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import { print, printJson } from '../output/print.ts';

interface RunsOptions {
  readonly url?: string;
  readonly board?: string;
  readonly limit: number;
  readonly json?: boolean;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new InvalidArgumentError('It is a whole number from 1 to 1000.');
}

/** `assay runs` */
export function addRunsCommand(program: Command): void {
  program
    .command('runs')
    .description('list runs with their results, newest first')
    .addOption(urlOption())
    .option('--board <board>', 'only runs of this board')
    .option('--limit <count>', 'at most this many', parseLimit, 20)
    .option('--json', 'as JSON')
    .action(async ({ url, board, limit, json }: RunsOptions) => {
      const filter = board === undefined ? { limit } : { limit, boardId: board };
      const runs = await (await connectDaemon(url)).runs(filter);
      if (json === true) printJson(runs);
      else print(runs.length === 0 ? 'no runs yet' : resultsTable(runs));
    });
}
