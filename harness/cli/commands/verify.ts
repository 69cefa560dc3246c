import process from 'node:process';

import type { Command } from 'commander';

import { printable } from '#harness/kernel/format/table.ts';

import { exitCodes } from '../exit-code.ts';
import { checkLines } from '../output/check-lines.ts';
import { print, printJson } from '../output/print.ts';

interface VerifyOptions {
  readonly trust: readonly string[];
  readonly json?: boolean;
}

const append = (keyId: string, keyIds: readonly string[]): readonly string[] => [...keyIds, keyId];

/** `assay verify <file|bundle>` */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .argument('<path>', 'a report (PDF) or the folder of a bundle')
    .description(
      'check every hash and signature, and derive every reported number again; needs no daemon',
    )
    .option('--trust <key id>', 'accept only this key; may be repeated', append, [])
    .option('--json', 'as JSON')
    .action(async (path: string, { trust, json }: VerifyOptions) => {
      const { verifyEvidence } = await import('#harness/app/verify.ts');
      const report = await verifyEvidence(path, { trustedKeyIds: trust });
      if (json === true) {
        printJson(report);
      } else {
        print(checkLines(report.checks));
        for (const { path: place, recorded, derived } of report.differences) {
          print(`${printable(place)}: recorded ${printable(recorded)}, derived ${derived}`);
        }
        for (const sentence of report.notChecked) print(`not checked: ${printable(sentence)}`);
        print(report.ok ? 'VALID' : 'NOT VALID');
      }
      process.exitCode = report.ok ? exitCodes.pass : exitCodes.failOrInvalid;
    });
}
