import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  startSimulator,
  temporaryFolder,
} from '#fixtures/pseudo-terminal/testing/simulator-child.ts';
import type { Dut, DutContext, StreamRequest } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { tinyStreaming } from '../tiny-streaming.ts';

const program = fileURLToPath(
  new URL('../../../../fixtures/boards/wakeword-bench/main.ts', import.meta.url),
);
const openTimeoutMs = 20_000;

/** Three words in eighteen seconds; played two hundred times as fast. */
export const shortStream: StreamRequest = { audioFile: 'short.wav', durationMs: 18_000 };

/** A simulated bench and the driver opened on it; both end together. */
export interface BenchProcessDut extends AsyncDisposable {
  readonly dut: Dut;
  /** What a second driver opens. */
  readonly path: string;
  /** Ends the simulator, as if its cable were pulled. */
  readonly unplug: () => Promise<void>;
}

const context: DutContext = {
  boardId: 'simulated-1',
  clock: systemClock(),
  inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
  log: () => undefined,
};

/** Waits that suit a simulator; the defaults suit a board. */
const quickConfig = {
  audioSpeed: 200,
  probeTimeoutMs: 200,
  bootTimeoutMs: 1_000,
  commandTimeoutMs: 400,
  playTimeoutMs: 400,
  resyncTimeoutMs: 1_000,
  settleMs: 20,
  quietMs: 20,
};

/** The driver on a path. @param config - besides the path */
export function openStreaming(
  path: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<Dut> {
  const signal = AbortSignal.timeout(openTimeoutMs);
  return tinyStreaming.open({ ...quickConfig, ...config, path }, context, signal);
}

/**
 * Starts a bench simulator with `shortStream` on its card and opens the driver on it.
 *
 * @param options - of the simulator: `['--fault=hang-in-play']`
 */
export async function openBenchProcess(
  options: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<BenchProcessDut> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const path = join(folder.path, 'bench');
  const bench = [`--link=${path}`, '--file=short.wav=seed:1:3:18', '--speed=200'];
  const simulator = stack.use(await startSimulator(program, [...bench, ...options]));
  const dut = stack.use(await openStreaming(path, config));
  const held = stack.move();
  return {
    dut,
    path,
    unplug: async () => simulator[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => held[Symbol.asyncDispose](),
  };
}
