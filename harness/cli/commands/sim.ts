import process from 'node:process';
import { fileURLToPath } from 'node:url';

import type { Command } from 'commander';

import { runChild } from '../run-child.ts';

/** Simulated peers that can be started alone, on their real wire. */
const simulators = [
  {
    name: 'board',
    path: '../../../fixtures/boards/tiny-board/main.ts',
    description: 'a simulated microcontroller board on a pseudo-terminal',
  },
  {
    name: 'analyzer',
    path: '../../../fixtures/instruments/lpm01a/main.ts',
    description: 'a simulated power analyzer on a pseudo-terminal',
  },
] as const;

/** `assay sim board|analyzer …`: all arguments, `--help` too, go to the simulator. */
export function addSimCommand(program: Command): void {
  const sim = program
    .command('sim')
    .description('start a simulated board or instrument alone')
    .enablePositionalOptions();
  for (const { name, path, description } of simulators) {
    sim
      .command(name)
      .description(description)
      .argument('[arguments...]', 'passed to the simulator; --help lists them')
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (args: readonly string[]) => {
        process.exitCode = await runChild(fileURLToPath(new URL(path, import.meta.url)), args);
      });
  }
}
