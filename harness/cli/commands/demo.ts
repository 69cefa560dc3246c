import process from 'node:process';

import type { Command } from 'commander';

import { exitCodes } from '../exit-code.ts';
import { createProgressDisplay } from '../output/progress-display.ts';
import { progressText } from '../output/progress-text.ts';
import { stopSignal } from '../stop-signal.ts';

interface DemoOptions {
  readonly config?: string;
  readonly keepServing?: boolean;
}

/** Shows the plan's progress between the lab's own lines. */
async function demo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const { runDemo } = await import('#harness/app/demo.ts');
  const display = createProgressDisplay(process.stdout);
  const keepServing = options.keepServing === true;
  try {
    const { exitCode } = await runDemo(
      {
        ...(options.config === undefined ? {} : { configPath: options.config }),
        keepServing,
        onLine: display.say,
        onEvent: (event) => {
          if (event.type !== 'run-event') return;
          const progress = progressText(event.boardId, event.event);
          if (progress !== undefined) display.show(progress);
        },
      },
      signal,
    );
    return exitCode;
  } catch (thrown) {
    if (!signal.aborted || thrown !== signal.reason) throw thrown;
    return keepServing ? exitCodes.pass : exitCodes.interrupted;
  } finally {
    display.clear();
  }
}

/** `assay demo` */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('start the lab, run its plan, print the results')
    .option('--config <file>', 'path of lab.config.ts (default: the nearest above this folder)')
    .option('--keep-serving', 'go on serving until Ctrl-C')
    .action(async (options: DemoOptions) => {
      process.exitCode = await demo(options, stopSignal());
    });
}
