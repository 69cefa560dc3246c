import process from 'node:process';

import type { Command } from 'commander';

import { exitCodes } from '../exit-code.ts';
import { checkLines } from '../output/check-lines.ts';
import { print, printJson } from '../output/print.ts';
import { stopSignal } from '../stop-signal.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly dut?: string;
  readonly json?: boolean;
}

/** `assay doctor` */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and the lab: configuration, boards, instruments, models, disk')
    .option('--config <file>', 'path of lab.config.ts (default: the nearest above this folder)')
    .option('--dut <board>', 'only this board')
    .option('--json', 'as JSON')
    .action(async ({ config, dut, json }: DoctorOptions) => {
      const { diagnoseLab } = await import('#harness/app/doctor.ts');
      const report = await diagnoseLab(
        {
          ...(config === undefined ? {} : { configPath: config }),
          ...(dut === undefined ? {} : { boardId: dut }),
        },
        stopSignal(),
      );
      if (json === true) printJson(report);
      else print(checkLines(report.checks));
      process.exitCode = report.ok ? exitCodes.pass : exitCodes.infrastructure;
    });
}
