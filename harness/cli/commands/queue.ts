import type { Command } from 'commander';

import { formatTable, type TableColumn } from '#harness/kernel/format/table.ts';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import type { DaemonClient } from '../daemon-client.ts';
import { print, printJson } from '../output/print.ts';

type Queued = Awaited<ReturnType<DaemonClient['queue']>>[number];

const columns: readonly TableColumn<Queued>[] = [
  { title: '#', align: 'right', cell: ({ waiting }) => String(waiting.position) },
  { title: 'job', cell: ({ job }) => job.jobId },
  { title: 'suite', cell: ({ job }) => job.suiteId },
  { title: 'board', cell: ({ job }) => job.boardId },
  { title: 'scenario', cell: ({ job }) => job.scenario },
  { title: 'mode', cell: ({ job }) => job.mode },
  { title: 'waits because', cell: ({ waiting }) => `${waiting.code}: ${waiting.sentence}` },
];

/** `assay queue` */
export function addQueueCommand(program: Command): void {
  program
    .command('queue')
    .description('list the queued jobs, each with the reason why it waits')
    .addOption(urlOption())
    .option('--json', 'as JSON')
    .action(async (options: { url?: string; json?: boolean }) => {
      const queue = await (await connectDaemon(options.url)).queue();
      if (options.json === true) printJson(queue);
      else print(queue.length === 0 ? 'the queue is empty' : formatTable(columns, queue));
    });
}
