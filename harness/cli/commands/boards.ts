import type { Command } from 'commander';

import { formatTable, type TableColumn } from '#harness/kernel/format/table.ts';

import { connectDaemon, urlOption } from '../daemon-address.ts';
import type { DaemonClient } from '../daemon-client.ts';
import { print, printJson } from '../output/print.ts';

type Board = Awaited<ReturnType<DaemonClient['boards']>>[number];

const columns: readonly TableColumn<Board>[] = [
  { title: 'board', cell: ({ boardId }) => boardId },
  { title: 'name', cell: ({ name }) => name },
  { title: 'station', cell: ({ stationId }) => stationId },
  { title: 'driver', cell: ({ driver }) => driver },
  { title: 'power meter', cell: ({ powerMeterId }) => powerMeterId ?? '–' },
  { title: 'state', cell: ({ state }) => state },
  { title: 'health', cell: ({ health }) => health },
  { title: 'run', cell: ({ runId }) => runId ?? '–' },
  {
    title: 'recovered',
    cell: ({ recovery }) =>
      recovery.length === 0
        ? '–'
        : recovery
            .map(({ rung, helpedCount, triedCount }) => `${rung} ${helpedCount}/${triedCount}`)
            .join(', '),
  },
  { title: 'last error', cell: ({ lastError }) => lastError?.code ?? '–' },
];

/** `assay boards` */
export function addBoardsCommand(program: Command): void {
  program
    .command('boards')
    .description('list the boards of the lab with state and health')
    .addOption(urlOption())
    .option('--json', 'as JSON')
    .action(async (options: { url?: string; json?: boolean }) => {
      const boards = await (await connectDaemon(options.url)).boards();
      if (options.json === true) printJson(boards);
      else print(formatTable(columns, boards));
    });
}
