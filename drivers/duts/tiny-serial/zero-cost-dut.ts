import type { Dut } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { tinySerial } from './tiny-serial.ts';
import { zeroCostShapes, type ZeroCostModel } from './zero-cost-board.ts';

const openTimeoutMs = 20_000;

/** Opens the driver on a board that costs nothing. @param config - of the driver, besides the path */
export function openZeroCostDut(
  path: string,
  model: ZeroCostModel,
  config: Readonly<Record<string, unknown>> = {},
): Promise<Dut> {
  const { sampleBytes, outputLength } = zeroCostShapes[model];
  const context = {
    boardId: 'zero-cost',
    clock: systemClock(),
    inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
    log: () => undefined,
    deployment: {
      modelPath: '/none',
      modelSha256: '0'.repeat(64),
      boardModel: model,
      inputElement: 'uint8' as const,
      inputShape: [sampleBytes],
      outputLength,
    },
  };
  return tinySerial.open({ path, ...config }, context, AbortSignal.timeout(openTimeoutMs));
}
