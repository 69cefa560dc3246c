import process from 'node:process';

import type { Command } from 'commander';

import { printable } from '#harness/kernel/format/table.ts';

import { exitCodes } from '../exit-code.ts';
import { judgementLines } from '../output/judgement-lines.ts';
import { print, printJson } from '../output/print.ts';

interface JudgeOptions {
  readonly settings: string;
  readonly latencies: string;
  readonly json?: boolean;
}

/** `assay loadgen judge` */
export function addLoadgenJudgeCommand(loadgen: Command): void {
  loadgen
    .command('judge')
    .description('judge recorded latencies, whoever recorded them: metric, percentiles, validity')
    .requiredOption('--settings <file>', 'settings as JSON, as for plan; - for standard input')
    .requiredOption(
      '--latencies <file>',
      'nanoseconds: JSON list of numbers or objects, JSON object of lists, int64 little-endian, or raw/queries.bin; - for standard input',
    )
    .option('--json', 'as JSON')
    .action(async ({ settings, latencies, json }: JudgeOptions) => {
      const { judgeLatencies } = await import('#harness/app/loadgen/judge-latencies.ts');
      const judged = await judgeLatencies(settings, latencies);
      if (json === true) printJson(judged);
      else for (const line of judgementLines(judged)) print(printable(line));
      process.exitCode = judged.validity.valid ? exitCodes.pass : exitCodes.failOrInvalid;
    });
}
