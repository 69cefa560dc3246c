import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { requestJsonLine } from '#fixtures/pseudo-terminal/json-line-socket.ts';
import {
  startSimulator,
  temporaryFolder,
} from '#fixtures/pseudo-terminal/testing/simulator-child.ts';
import type { DeviceReading, Dut, DutContext } from '#harness/contracts/dut.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { deviceFrames } from '../device-frames.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const program = join(root, 'fixtures/boards/frames-device/main.ts');
const modelPath = join(root, 'fixtures/models/keyword-spotting/ds-cnn.onnx');
const callTimeoutMs = 20_000;

/** For one call of the driver. */
export const inTime = (): AbortSignal => AbortSignal.timeout(callTimeoutMs);

/** The keyword model, as a run names it. */
export const keywordDeployment = {
  modelPath,
  modelSha256: createHash('sha256').update(readFileSync(modelPath)).digest('hex'),
  boardModel: 'kws01',
  inputElement: 'int8',
  inputShape: [49, 10, 1],
  outputLength: 12,
} as const;

/** 490 bytes, as the keyword model takes them; another for each seed. */
export function keywordSample(seed = 0): Uint8Array {
  return Uint8Array.from({ length: 490 }, (_, index) => index * 7 + seed * 31);
}

/** A simulated device and the driver opened on it. */
export interface FramesDeviceDut extends AsyncDisposable {
  readonly dut: Dut;
  readonly readings: readonly DeviceReading[];
  readonly logLines: readonly LogLine[];
  /** Switches the device: `{ do: 'fault', fault: 'busy' }`. */
  readonly probe: (message: object) => Promise<unknown>;
  /** Opens the driver once more, as the next run does. */
  readonly open: (config?: Readonly<Record<string, unknown>>) => Promise<Dut>;
}

/** How the simulated device and the driver are set. */
export interface FramesDeviceOptions {
  readonly link?: 'serial' | 'tcp';
  /** It holds no model. */
  readonly isEmpty?: boolean;
  /** Of the simulator, besides its link. */
  readonly device?: readonly string[];
  /** Of the driver, besides its link. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly context?: Partial<DutContext>;
}

/** Starts a simulated device, which holds the keyword model unless it is empty, and opens the driver on it; both end together. */
export async function openFramesDevice(
  options: FramesDeviceOptions = {},
): Promise<FramesDeviceDut> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const tty = join(folder.path, 'tty');
  const socketPath = join(folder.path, 'probe');
  const isTcp = options.link === 'tcp';
  const place = isTcp ? ['--tcp', '127.0.0.1:0'] : ['--link', tty];
  const held = options.isEmpty === true ? [] : ['--start-model', `kws01=${modelPath}`];
  const simulator = cleanup.use(
    await startSimulator(program, [
      ...place,
      ...held,
      '--inference-us',
      '1000',
      '--probe',
      socketPath,
      ...(options.device ?? []),
    ]),
  );
  const port = Number(/"tcpPort":(\d+)/.exec(simulator.output())?.[1]);
  const link = isTcp
    ? { kind: 'tcp', host: '127.0.0.1', port }
    : { kind: 'serial', path: tty, baudRate: 921_600 };
  const readings: DeviceReading[] = [];
  const logLines: LogLine[] = [];
  const context: DutContext = {
    boardId: 'npu-1',
    clock: systemClock(),
    inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
    log: (line) => logLines.push(line),
    onReading: (reading) => readings.push(reading),
    deployment: keywordDeployment,
    ...options.context,
  };
  const open = async (config: Readonly<Record<string, unknown>> = {}): Promise<Dut> => {
    const whole = { link, replyTimeoutMs: 1500, ...options.config, ...config };
    return deviceFrames.open(whole, context, inTime());
  };
  const dut = cleanup.use(await open());
  const resources = cleanup.move();
  return {
    dut,
    readings,
    logLines,
    open,
    probe: (message) => requestJsonLine({ socketPath, message, timeoutMs: callTimeoutMs }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
