import process from 'node:process';

import type { Command } from 'commander';

import { exitCodes } from '../exit-code.ts';
import { checkLines } from '../output/check-lines.ts';
import { diagnosisLines } from '../output/diagnosis-lines.ts';
import { print, printJson } from '../output/print.ts';
import { stopSignal } from '../stop-signal.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly board?: string;
  readonly dut?: string;
  readonly json?: boolean;
}

async function examine({ config, board, dut, json }: DoctorOptions): Promise<void> {
  const { diagnoseLab } = await import('#harness/app/doctor/diagnose-lab.ts');
  const boardId = board ?? dut;
  const report = await diagnoseLab(
    {
      ...(config === undefined ? {} : { configPath: config }),
      ...(boardId === undefined ? {} : { boardId }),
    },
    stopSignal(),
  );
  process.exitCode = report.ok ? exitCodes.pass : exitCodes.infrastructure;
  if (json === true) {
    printJson(report);
    return;
  }
  print(checkLines(report.checks));
  for (const { diagnosis, error } of report.checks) {
    if (diagnosis !== undefined) print(`\n${diagnosisLines(diagnosis, error?.remedy ?? '')}`);
  }
}

/** `assay doctor` */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and the lab: configuration, boards, instruments, models, disk')
    .option('--config <file>', 'path of lab.config.ts (default: the nearest above this folder)')
    .option('--board <board>', 'only this board')
    .option('--dut <board>', 'the same')
    .option('--json', 'as JSON, with the bytes that a silent board sent')
    .action(examine);
}
