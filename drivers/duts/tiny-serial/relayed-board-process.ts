import { fileURLToPath } from 'node:url';

import type { Dut, DutContext } from '#harness/contracts/dut.ts';

import { keywordContext } from './board-process-dut.ts';
import { startBoardProcess, startBoardProgram, type BoardProcess } from './board-process.ts';
import type { IoManagerGeneration } from './relay-lines.ts';
import { tinySerial } from './tiny-serial.ts';

/** A simulated board, a simulated IO manager in front of it, and the driver opened on that. */
export interface RelayedBoardProcess extends AsyncDisposable {
  readonly board: BoardProcess;
  readonly ioManager: BoardProcess;
  /** Socket of the IO manager's probe. */
  readonly probe: string;
  readonly dut: Dut;
}

/** How it is made. */
export interface RelayedBoardOptions {
  readonly generation: IoManagerGeneration;
  /** Further arguments of the board's simulator; it is one of 9600 baud without pacing. */
  readonly board?: readonly string[];
  /** Further arguments of the IO manager's simulator. */
  readonly ioManager?: readonly string[];
  /** Of the driver, besides path and generation. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly context?: DutContext;
}

const program = fileURLToPath(
  new URL('../../../fixtures/boards/io-manager/main.ts', import.meta.url),
);
const openTimeoutMs = 20_000;

function startIoManager(
  dutPath: string,
  { generation, ioManager = [] }: RelayedBoardOptions,
): Promise<BoardProcess> {
  return startBoardProgram(process.execPath, (link) => [
    program,
    '--generation',
    generation,
    '--dut',
    dutPath,
    '--link',
    link,
    '--probe',
    `${link}.probe`,
    '--exit-with-parent',
    ...ioManager,
  ]);
}

/** Starts board and IO manager and opens the driver; all end together. */
export async function openRelayedBoard(options: RelayedBoardOptions): Promise<RelayedBoardProcess> {
  await using cleanup = new AsyncDisposableStack();
  const board = cleanup.use(
    await startBoardProcess([
      '--baud=9600',
      '--no-pace',
      '--inference-us=kws01=1000',
      ...(options.board ?? []),
    ]),
  );
  const ioManager = cleanup.use(await startIoManager(board.path, options));
  const config = { path: ioManager.path, ioManager: options.generation, ...options.config };
  const signal = AbortSignal.timeout(openTimeoutMs);
  const dut = cleanup.use(await tinySerial.open(config, options.context ?? keywordContext, signal));
  const resources = cleanup.move();
  return {
    board,
    ioManager,
    dut,
    probe: `${ioManager.path}.probe`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
