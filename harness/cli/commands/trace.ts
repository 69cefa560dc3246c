import { InvalidArgumentError, type Command } from 'commander';

import { print, printJson } from '../output/print.ts';

interface TraceOptions {
  readonly out?: string;
  readonly maxQueries?: number;
  readonly config?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1e8) return count;
  throw new InvalidArgumentError('It is a whole number from 1 to 100000000.');
}

/** `assay trace <run>` */
export function addTraceCommand(program: Command): void {
  program
    .command('trace')
    .argument('<run>', 'id of the run, or the folder of its bundle')
    .description('write a run as a trace that Perfetto and chrome://tracing open; needs no daemon')
    .option('--out <file>', 'where to write it (default: <run>.trace.json)')
    .option(
      '--max-queries <number>',
      'trace no more queries than this, evenly spaced over the run (default: 200000)',
      parseCount,
    )
    .option('--config <file>', 'path of lab.config.ts (default: the nearest above this folder)')
    .option('--state-dir <folder>', 'where runs/ lies, instead of stateDir of lab.config.ts')
    .option('--json', 'as JSON')
    .action(async (run: string, options: TraceOptions) => {
      const { traceRun } = await import('#harness/app/trace-run.ts');
      const { out, maxQueries, config, stateDir } = options;
      const place = { configPath: config, stateDir };
      const written = await traceRun({ run, out, queryCountMax: maxQueries, ...place });
      if (options.json === true) {
        printJson(written);
        return;
      }
      print(`${written.path}: ${written.selection}`);
    });
}
