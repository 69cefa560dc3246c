import process from 'node:process';

import { CommanderError } from 'commander';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { exitCodes } from './exit-code.ts';
import { createProgram } from './program.ts';

/** What the command line itself refuses, in our words; undefined for --help and --version. */
function usageError(error: CommanderError): unknown {
  if (error.exitCode === 0) return undefined;
  const isHelp = error.code === 'commander.help' || error.code === 'commander.helpDisplayed';
  const message = isHelp ? 'name a command' : error.message.replace(/^error: /, '');
  return labError('cli/usage', message, { cause: error });
}

// A reader that went away, as in `assay runs | head -1`, is no fault of ours.
process.stdout.on('error', () => process.exit(exitCodes.pass));

try {
  await createProgram().parseAsync();
} catch (thrown) {
  const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
  if (error !== undefined) {
    const { describeError } = await import('./described-error.ts');
    const { text, exitCode } = describeError(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = exitCode;
  }
}
