import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { startBoardProcess, type BoardProcess } from './board-process.ts';
import { tinySerial } from './tiny-serial.ts';

/** A simulated board and the driver opened on it. */
export interface BoardProcessDut extends AsyncDisposable {
  readonly board: BoardProcess;
  readonly dut: Dut;
}

const openTimeoutMs = 20_000;
/** Bits per second of the simulated board. */
export const simulatedBaudRate = 921_600;

/** What a driver gets for the keyword model of the simulator. */
export const keywordContext: DutContext = {
  boardId: 'simulated-1',
  clock: systemClock(),
  inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
  log: () => undefined,
  deployment: {
    modelPath: '/none',
    modelSha256: '0'.repeat(64),
    boardModel: 'kws01',
    inputElement: 'int8',
    inputShape: [49, 10, 1],
    outputLength: 12,
  },
};

/** 490 bytes, as the keyword model takes them. */
export const keywordSample: Uint8Array = Uint8Array.from({ length: 490 }, (_, index) => index * 7);

/**
 * Starts a board simulator and opens the driver on it; both end together.
 *
 * @param options - of the simulator
 * @param config - of the driver, besides path and speed
 */
export async function openBoardProcess(
  options: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<BoardProcessDut> {
  const board = await startBoardProcess([
    `--baud=${simulatedBaudRate}`,
    '--inference-us=kws01=1000',
    '--no-pace',
    ...options,
  ]);
  try {
    const full = { path: board.path, baudRate: simulatedBaudRate, ...config };
    const signal = AbortSignal.timeout(openTimeoutMs);
    const dut = await tinySerial.open(full, keywordContext, signal);
    return {
      board,
      dut,
      [Symbol.asyncDispose]: async () => {
        await dut[Symbol.asyncDispose]();
        await board[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await board[Symbol.asyncDispose]();
    throw error;
  }
}
