import { once } from 'node:events';
import process from 'node:process';

import { InvalidArgumentError, type Command } from 'commander';

import { printable } from '#harness/kernel/format/table.ts';

import { print } from '../output/print.ts';

interface PlanOptions {
  readonly settings: string;
  readonly count?: number;
  readonly json?: boolean;
}

function queryCount(text: string): number {
  const count = Number(text);
  if (!/^[0-9]{1,12}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return count;
}

/** Writes the pieces as fast as they are read, and no faster. */
async function writePieces(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}

/** `assay loadgen plan` */
export function addLoadgenPlanCommand(loadgen: Command): void {
  loadgen
    .command('plan')
    .description('what a load will issue: sample sets, sample order, schedule; needs no daemon')
    .requiredOption('--settings <file>', 'settings as JSON; - for standard input')
    .option('--count <n>', 'list the first n queries only (default: all)', queryCount)
    .option('--json', 'the whole plan as JSON')
    .action(async ({ settings, count, json }: PlanOptions) => {
      const { planLoad } = await import('#harness/app/loadgen/plan-load.ts');
      const planned = await planLoad(settings, count);
      if (json === true) {
        await writePieces(planned.json());
        return;
      }
      for (const line of planned.summary()) print(printable(line));
    });
}
