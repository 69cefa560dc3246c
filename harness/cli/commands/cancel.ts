import type { Command } from 'commander';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import { print, printJson } from '../output/print.ts';

/** `assay cancel <job>` */
export function addCancelCommand(program: Command): void {
  program
    .command('cancel')
    .argument('<job>', 'id of the job')
    .description('take a job out of the queue, or abort its run')
    .addOption(urlOption())
    .option('--json', 'as JSON')
    .action(async (jobId: string, options: { url?: string; json?: boolean }) => {
      const job = await (await connectDaemon(options.url)).cancel(jobId);
      if (options.json === true) printJson(job);
      else if (job.state === 'cancelled') print(`job ${job.jobId} is cancelled`);
      else print(`job ${job.jobId} is being cancelled; its board is made safe first`);
    });
}
