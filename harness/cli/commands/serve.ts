import { InvalidArgumentError, type Command } from 'commander';

import { raceSignal } from '#harness/kernel/deadline.ts';

import { print } from '../output/print.ts';
import { stopSignal } from '../stop-signal.ts';

interface ServeOptions {
  readonly config?: string;
  readonly port?: number;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a whole number from 0 to 65535.');
}

/** Serves until a signal comes or the daemon ends by itself. */
async function serve({ config, port }: ServeOptions, signal: AbortSignal): Promise<void> {
  const { serveLab } = await import('#harness/app/serve.ts');
  await using lab = await serveLab(
    {
      ...(config === undefined ? {} : { configPath: config }),
      ...(port === undefined ? {} : { port }),
      onStatus: print,
    },
    signal,
  );
  print(`assay serves ${lab.config.lab.name} at ${lab.url} until Ctrl-C`);
  await raceSignal(lab.ended, signal);
}

/** `assay serve` */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run the daemon of this lab until Ctrl-C')
    .option('--config <file>', 'path of lab.config.ts (default: the nearest above this folder)')
    .option('--port <number>', 'port to listen on, instead of server.port', parsePort)
    .action(async (options: ServeOptions) => {
      const signal = stopSignal();
      try {
        await serve(options, signal);
      } catch (thrown) {
        // Stopping on a signal is how a daemon ends well.
        if (!signal.aborted || thrown !== signal.reason) throw thrown;
      }
    });
}
