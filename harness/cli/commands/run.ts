import process from 'node:process';

import { InvalidArgumentError, Option, type Command } from 'commander';

import { resultsTable } from '#harness/contracts/format/results-table.ts';
import type { AuditId } from '#harness/contracts/records/audit-record.ts';
import type { Job, JobRequest, RunSummary } from '#harness/contracts/records/job-record.ts';
import type { Mode, Scenario } from '#harness/contracts/records/run-record.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import type { DaemonClient } from '../daemon-client.ts';
import { exitCodeOfRun, exitCodes } from '../exit-code.ts';
import { followJob } from '../follow-job.ts';
import { addLoadOptions, loadOverrides, type LoadCommandOptions } from '../load-options.ts';
import { print, printJson } from '../output/print.ts';
import { createProgressDisplay } from '../output/progress-display.ts';
import { phaseText, progressText } from '../output/progress-text.ts';
import { stopSignal } from '../stop-signal.ts';

interface RunOptions extends LoadCommandOptions {
  readonly url?: string;
  readonly dut: string;
  readonly scenario?: Scenario;
  readonly mode?: Mode;
  readonly seed?: number;
  readonly audit?: AuditId;
  readonly wait?: boolean;
  readonly json?: boolean;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 4_294_967_295) return seed;
  throw new InvalidArgumentError('It is a whole number from 0 to 4294967295.');
}

function jobRequest(suiteId: string, options: RunOptions): JobRequest {
  const { dut, scenario, mode, seed, audit } = options;
  const load = loadOverrides(options, scenario);
  return {
    suiteId,
    boardId: dut,
    ...(scenario === undefined ? {} : { scenario }),
    ...(mode === undefined ? {} : { mode }),
    ...(seed === undefined ? {} : { seed }),
    ...(audit === undefined ? {} : { audit }),
    ...(load === undefined ? {} : { load }),
  };
}

/** Waits with live progress on standard error; undefined when Ctrl-C came first. */
async function waitForJob(client: DaemonClient, jobId: string): Promise<Job | undefined> {
  const signal = stopSignal();
  const display = createProgressDisplay(process.stderr);
  try {
    return await followJob(
      { client, jobId, clock: systemClock() },
      {
        onRun: ({ boardId, phase }) => display.show(phaseText(boardId, phase)),
        onRunEvent: (_runId, boardId, event) => {
          const progress = progressText(boardId, event);
          if (progress !== undefined) display.show(progress);
        },
        onReconnect: () => display.say('lost the daemon, trying again'),
      },
      signal,
    );
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    display.say(`left; job ${jobId} goes on: see \`assay queue\` and \`assay runs\`,`);
    display.say(`end it with \`assay cancel ${jobId}\``);
    return undefined;
  } finally {
    display.clear();
  }
}

function printResult(runs: readonly RunSummary[], isJson: boolean, job: Job): void {
  if (isJson) {
    printJson({ job, runs });
    return;
  }
  print(runs.length === 0 ? `job ${job.jobId} ended without a run` : resultsTable(runs));
  for (const { error, reportPath } of runs) {
    if (error !== null) print(`${error.code}: ${error.message}\n  ${error.remedy}`);
    if (reportPath !== null) print(`report: ${reportPath}`);
  }
}

async function runSuite(suiteId: string, options: RunOptions): Promise<number> {
  const client = await connectDaemon(options.url);
  const job = await client.submit(jobRequest(suiteId, options));
  const isJson = options.json === true;
  if (options.wait !== true) {
    if (isJson) printJson(job);
    else print(`job ${job.jobId} is queued; \`assay queue\` says what it waits for`);
    return exitCodes.pass;
  }
  process.stderr.write(`job ${job.jobId} is queued\n`);
  const ended = await waitForJob(client, job.jobId);
  if (ended === undefined) return exitCodes.interrupted;
  const runs: RunSummary[] = [];
  for (const runId of ended.runIds) runs.push(await client.run(runId));
  printResult(runs, isJson, ended);
  const last = runs.at(-1);
  return last === undefined ? exitCodes.failOrInvalid : exitCodeOfRun(last.verdict, last.error);
}

/** `assay run <suite> --dut <board>` */
export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .argument('<suite>', 'id of the suite; `assay suites` lists them')
    .description('put a run of a suite on a board into the queue')
    .requiredOption('--dut <board>', 'id of the board; `assay boards` lists them')
    .addOption(
      new Option('--scenario <name>', 'how load is issued').choices([
        'single-stream',
        'multi-stream',
        'server',
        'offline',
        'find-peak',
      ]),
    )
    .addOption(
      new Option('--mode <name>', 'what is measured').choices([
        'performance',
        'accuracy',
        'both',
        'compliance',
      ]),
    )
    .addOption(
      new Option('--audit <name>', 'compliance audit; measures in mode compliance').choices([
        'real-results',
        'no-caching',
        'other-seeds',
        'token-consistency',
        'output-length',
      ]),
    )
    .option('--seed <number>', 'seed of order and schedule', parseSeed);
  addLoadOptions(command)
    .option('--wait', 'show progress, then the result; Ctrl-C leaves, the job goes on')
    .option('--json', 'as JSON')
    .addOption(urlOption())
    .action(async (suiteId: string, options: RunOptions) => {
      process.exitCode = await runSuite(suiteId, options);
    });
}
