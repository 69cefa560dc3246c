import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { addAgentCommand } from './commands/agent.ts';
import { addBoardsCommand } from './commands/boards.ts';
import { addCancelCommand } from './commands/cancel.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addErrorsCommand } from './commands/errors.ts';
import { addExportCommand } from './commands/export.ts';
import { addLoadgenCommand } from './commands/loadgen.ts';
import { addQueueCommand } from './commands/queue.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { addRunsCommand } from './commands/runs.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSimCommand } from './commands/sim.ts';
import { addSuitesCommand } from './commands/suites.ts';
import { addTraceCommand } from './commands/trace.ts';
import { addVerifyCommand } from './commands/verify.ts';

const exitCodeHelp = `
Exit codes:
  0    done; with --wait: the run passed
  1    the run failed a limit or is not valid; the evidence does not verify
  2    wrong command line, configuration or job
  3    infrastructure: daemon, board link, instrument, disk, or a fault of Assay
  130  Ctrl-C`;

/** The version in package.json. */
function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const isPackage = typeof content === 'object' && content !== null && 'version' in content;
  return isPackage ? String(content.version) : 'unknown';
}

/** The command line of `assay`; wrong usage throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('assay')
    .description('The lab that AI chips are measured in.')
    .version(packageVersion())
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', exitCodeHelp);
  addServeCommand(program);
  addDemoCommand(program);
  addRunCommand(program);
  addQueueCommand(program);
  addRunsCommand(program);
  addBoardsCommand(program);
  addSuitesCommand(program);
  addCancelCommand(program);
  addReportCommand(program);
  addVerifyCommand(program);
  addExportCommand(program);
  addTraceCommand(program);
  addDoctorCommand(program);
  addLoadgenCommand(program);
  addAgentCommand(program);
  addSimCommand(program);
  addErrorsCommand(program);
  return program;
}
