import { SerialPort } from 'serialport';

import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { chunkCommands, encodeCommand, loadCommand } from './commands.ts';
import { TinyLink } from './link.ts';
import { tinySerialSettings } from './tiny-serial-config.ts';
import { tinySerial } from './tiny-serial.ts';
import { zeroCostBoards } from './zero-cost-board.ts';

/** One measurement of the driver against a plain write and read loop that sends the same bytes. */
export interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs: number;
  /** `medianUs / referenceMedianUs`; the driver is to stay at or below 1.5. */
  readonly ratio: number;
  readonly note: string;
}

const baudRate = 921_600;
const { chunkBytes } = tinySerialSettings({ path: '' });
const benchTimeoutMs = 120_000;
const ready = Buffer.from('m-ready\r\n');

/** The reference: write one command, read until `m-ready`, nothing else. */
interface PlainPort {
  readonly exchange: (command: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openPlainPort(path: string): Promise<PlainPort> {
  const opened = Promise.withResolvers<void>();
  const port = new SerialPort({ path, baudRate }, (error) =>
    error === null ? opened.resolve() : opened.reject(error),
  );
  await opened.promise;
  let tail = Buffer.alloc(0);
  let answered = Promise.withResolvers<void>();
  port.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]);
    if (!tail.subarray(-ready.length).equals(ready)) return;
    tail = Buffer.alloc(0);
    answered.resolve();
  });
  return {
    exchange: (command) => {
      answered = Promise.withResolvers<void>();
      port.write(command);
      return answered.promise;
    },
    close: async () => {
      const closed = Promise.withResolvers<void>();
      port.close((error) => (error === null ? closed.resolve() : closed.reject(error)));
      await closed.promise;
    },
  };
}

function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** What is measured: one call of the driver, and the same bytes by the plain loop. */
interface Task {
  readonly name: string;
  readonly repeatCount: number;
  readonly driver: (path: string) => Promise<DriverSide>;
  readonly reference: (port: PlainPort) => Promise<void>;
}

interface DriverSide extends AsyncDisposable {
  readonly once: () => Promise<unknown>;
}

const context: DutContext = {
  boardId: 'bench',
  clock: systemClock(),
  inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
  log: () => undefined,
};

function openDut(path: string): Promise<Dut> {
  // By count only, so that both sides send the same bytes.
  const config = { path, baudRate, verify: 'count' };
  return tinySerial.open(config, context, AbortSignal.timeout(benchTimeoutMs));
}

function loadTask(byteCount: number, repeatCount: number): Task {
  const sample = new Uint8Array(byteCount).map((_, index) => index * 7);
  return {
    name: `tiny serial: load of ${byteCount} bytes (reference: bare serialport loop)`,
    repeatCount,
    driver: async (path) => {
      const dut = await openDut(path);
      const signal = AbortSignal.timeout(benchTimeoutMs);
      // The first load brings both sides into step.
      await dut.load(sample, signal);
      return {
        once: () => dut.load(sample, signal),
        [Symbol.asyncDispose]: () => dut[Symbol.asyncDispose](),
      };
    },
    reference: async (port) => {
      await port.exchange(loadCommand(byteCount));
      for (const command of chunkCommands(sample, chunkBytes)) await port.exchange(command);
    },
  };
}

const name = encodeCommand('name');
const commandTask: Task = {
  name: 'tiny serial: round trip of `name` (reference: bare serialport loop)',
  repeatCount: 200,
  driver: async (path) => {
    const signal = AbortSignal.timeout(benchTimeoutMs);
    const transport = await openSerialTransport({ path, baudRate }, signal);
    const link = new TinyLink(transport, context);
    return {
      once: () => link.operate(signal, () => link.exchange(name, { silenceMs: 1_000 })),
      [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
    };
  },
  reference: (port) => port.exchange(name),
};
const tasks: readonly Task[] = [
  commandTask,
  loadTask(490, 20),
  loadTask(3_072, 20),
  loadTask(27_648, 4),
];

async function timeUs(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startNs = process.hrtime.bigint();
    await work();
    samples.push(Number(process.hrtime.bigint() - startNs) / 1_000);
  }
  return samples;
}

async function timeDriverUs(path: string, task: Task): Promise<number[]> {
  await using driver = await task.driver(path);
  return await timeUs(task.repeatCount, driver.once);
}

async function timeReferenceUs(path: string, task: Task): Promise<number[]> {
  const port = await openPlainPort(path);
  try {
    return await timeUs(task.repeatCount, () => task.reference(port));
  } finally {
    await port.close();
  }
}

async function measure(path: string, task: Task, roundCount: number): Promise<BenchRow> {
  const driver: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round <= roundCount; round += 1) {
    const ours = await timeDriverUs(path, task);
    const theirs = await timeReferenceUs(path, task);
    // The first round warms both sides up.
    if (round === 0) continue;
    driver.push(...ours);
    reference.push(...theirs);
  }
  const [medianUs, referenceMedianUs] = [median(driver), median(reference)];
  const ratio = medianUs / referenceMedianUs;
  return { name: task.name, medianUs, referenceMedianUs, ratio, note: '' };
}

/**
 * Measures the driver against a plain loop over the `serialport` package, in turns on the same pseudo-terminal with
 * a board behind it that costs nothing.
 */
export async function benchTinySerial(roundCount = 10): Promise<BenchRow[]> {
  await using boards = await zeroCostBoards();
  await using board = await boards.start('vww01');
  const rows: BenchRow[] = [];
  for (const task of tasks) {
    const row = await measure(board.path, task, roundCount);
    rows.push({
      ...row,
      note: `1.5 at most; ${chunkBytes} bytes a chunk, board in ${boards.peer}`,
    });
  }
  return rows;
}
