import { startServer } from '#fixtures/boards/inference-server/testing/server-child.ts';
import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { openInference } from '../open-inference.ts';

/** How the driver reaches the server, in the three forms that tensors travel in. */
export type Way = 'http-json' | 'http-binary' | 'grpc';

/** Each way, for tests that hold for all. */
export const ways: readonly Way[] = ['http-json', 'http-binary', 'grpc'];

/** What a driver gets for the keyword model of the simulator. */
export const keywordContext: DutContext = {
  boardId: 'server-1',
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

/** 490 bytes, as the keyword model takes them, negative ones among them. */
export const keywordSample: Uint8Array = Uint8Array.from({ length: 490 }, (_, index) => index * 7);

/** Of the driver, by way. */
export function configOf(
  way: Way,
  ports: { readonly httpPort: number; readonly grpcPort: number },
): Record<string, unknown> {
  if (way === 'grpc') return { protocol: 'grpc', url: `grpc://127.0.0.1:${ports.grpcPort}` };
  const encoding = way === 'http-json' ? 'json' : 'binary';
  return { protocol: 'http', url: `http://127.0.0.1:${ports.httpPort}`, encoding };
}

/** A server and the driver opened on it; both end together. */
export interface ServerDut extends AsyncDisposable {
  readonly dut: Dut;
  readonly stopServer: () => Promise<void>;
}

/** What a test asks for. */
export interface ServerDutOptions {
  /** Arguments of the simulator. */
  readonly server?: readonly string[];
  /** Of the driver, besides protocol, url and encoding. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly context?: DutContext;
}

/** Starts a simulated server and opens the driver on it. */
export async function openServerDut(way: Way, options: ServerDutOptions = {}): Promise<ServerDut> {
  const server = await startServer(options.server ?? []);
  const config = { ...configOf(way, server), connectionCount: 2, ...options.config };
  const dut = await openInference.open(
    config,
    options.context ?? keywordContext,
    AbortSignal.timeout(20_000),
  );
  return {
    dut,
    stopServer: server.stop,
    [Symbol.asyncDispose]: async () => {
      await dut[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}
