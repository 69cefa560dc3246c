import { SerialPort } from 'serialport';

import type { DutContext } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { startBoardProcess } from './board-process.ts';
import { chunkCommands, encodeCommand, loadCommand } from './commands.ts';
import { TinyLink } from './link.ts';
import { loadSample } from './load.ts';
import type { TinySession } from './session.ts';
import { tinySerialSettings } from './tiny-serial-config.ts';

/** One measurement of the driver against a plain write and read loop that sends the same bytes. */
export interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs: number;
  /** `medianUs / referenceMedianUs`; the driver is to stay at or below 1.5. */
  readonly ratio: number;
}

const baudRate = 921_600;
const chunkBytes = 31;
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

interface Task {
  readonly name: string;
  readonly repeatCount: number;
  readonly driver: (session: TinySession) => Promise<unknown>;
  readonly reference: (port: PlainPort) => Promise<void>;
}

function loadTask(byteCount: number): Task {
  const sample = new Uint8Array(byteCount).map((_, index) => index * 7);
  return {
    name: `load ${byteCount} bytes`,
    repeatCount: 20,
    driver: (session) => loadSample(session, sample),
    reference: async (port) => {
      await port.exchange(loadCommand(byteCount));
      for (const command of chunkCommands(sample, chunkBytes)) await port.exchange(command);
    },
  };
}

const name = encodeCommand('name');
const tasks: readonly Task[] = [
  {
    name: 'command round trip (name)',
    repeatCount: 200,
    driver: ({ link }) => link.exchange(name, { silenceMs: 1_000 }),
    reference: (port) => port.exchange(name),
  },
  loadTask(490),
  loadTask(3_072),
];

const context: DutContext = {
  boardId: 'bench',
  clock: systemClock(),
  inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
  log: () => undefined,
};

async function openSession(path: string, signal: AbortSignal): Promise<TinySession> {
  const settings = tinySerialSettings({ path, baudRate, chunkBytes, verify: 'count' });
  const transport = await openSerialTransport({ path, baudRate }, signal);
  const link = new TinyLink(transport, context);
  link.regainStep();
  const held = { state: 'none' } as const;
  return {
    link,
    settings,
    context,
    setBaudRate: (rate) => transport.setBaudRate(rate),
    held,
    countedLoadCount: undefined,
    slowestInferenceNs: undefined,
    notes: [],
  };
}

async function timeUs(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startNs = process.hrtime.bigint();
    await work();
    samples.push(Number(process.hrtime.bigint() - startNs) / 1_000);
  }
  return samples;
}

async function measure(path: string, task: Task, roundCount: number): Promise<BenchRow> {
  const signal = AbortSignal.timeout(benchTimeoutMs);
  const driver: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round <= roundCount; round += 1) {
    const session = await openSession(path, signal);
    const ours = await session.link.operate(signal, () =>
      timeUs(task.repeatCount, () => task.driver(session)),
    );
    await session.link[Symbol.asyncDispose]();
    const port = await openPlainPort(path);
    const theirs = await timeUs(task.repeatCount, () => task.reference(port));
    await port.close();
    // The first round warms both sides up.
    if (round > 0) {
      driver.push(...ours);
      reference.push(...theirs);
    }
  }
  const [medianUs, referenceMedianUs] = [median(driver), median(reference)];
  return { name: task.name, medianUs, referenceMedianUs, ratio: medianUs / referenceMedianUs };
}

/**
 * Measures the driver against a plain loop over the `serialport` package, in turns on the same pseudo-terminal with
 * the board simulator behind it, unpaced. The loads are verified by count only, so that both sides send the same bytes.
 */
export async function benchTinySerial(roundCount = 10): Promise<BenchRow[]> {
  await using board = await startBoardProcess([
    `--baud=${baudRate}`,
    '--inference-us=kws01=1000',
    '--no-pace',
  ]);
  const rows: BenchRow[] = [];
  for (const task of tasks) rows.push(await measure(board.path, task, roundCount));
  return rows;
}

function table(rows: readonly BenchRow[]): string {
  const lines = rows.map(
    (row) =>
      `${row.name.padEnd(28)}${row.medianUs.toFixed(0).padStart(12)}` +
      `${row.referenceMedianUs.toFixed(0).padStart(12)}${row.ratio.toFixed(2).padStart(8)}`,
  );
  const head = `${''.padEnd(28)}${'driver us'.padStart(12)}${'plain us'.padStart(12)}${'ratio'.padStart(8)}`;
  return [head, ...lines, ''].join('\n');
}

if (import.meta.main) {
  const rows = await benchTinySerial();
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(rows)}\n` : table(rows));
}
