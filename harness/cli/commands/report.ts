import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';

import type { Command } from 'commander';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import { print } from '../output/print.ts';

/** Whole or not at all: half a report never stands under the report's name. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw labError('cli/file-not-written', `the report could not be written: ${why}`, { cause });
  }
}

/** `assay report <run>` */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .argument('<run>', 'id of the run')
    .description('fetch the signed report of a run (PDF)')
    .addOption(urlOption())
    .option('--out <file>', 'where to write it; - for standard output (default: <run>.pdf)')
    .action(async (runId: string, options: { url?: string; out?: string }) => {
      const bytes = await (await connectDaemon(options.url)).report(runId);
      if (options.out === '-') {
        process.stdout.write(bytes);
        return;
      }
      const path = resolve(options.out ?? `${runId}.pdf`);
      await writeWhole(path, bytes);
      print(path);
    });
}
