/**
 * `node drivers/duts/tiny-serial/soak.bench.ts [--samples N] [--json]`: a day of samples in minutes over a wire that
 * loses, garbles or doubles one byte in 5000 each way. Every answer is compared with the right one; memory is to stay
 * flat. Exit code 1 when an answer is wrong.
 */
import { parseArgs } from 'node:util';

import { tableAnswer } from '#fixtures/boards/tiny-board/answer-table.ts';
import { requestJsonLine } from '#fixtures/pseudo-terminal/json-line-socket.ts';
import { heldHeapBytes } from '#harness/app/loadgen/held-heap-bytes.ts';
import type { Dut } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import type { LoadEnd } from '#harness/loadgen/load-end.ts';
import { runAccuracy } from '#harness/loadgen/scenarios/accuracy.ts';

import { startBoardProcess } from './board-process.ts';
import { zeroCostShapes } from './zero-cost-board.ts';
import { openZeroCostDut } from './zero-cost-dut.ts';

const model = 'kws01';
/** One byte in 15 000 of each kind is one in 5000; primes, so that faults wander over the protocol. */
const faults = [
  'drop-byte-in:14983',
  'garble-byte-in:15013',
  'duplicate-byte-in:15017',
  'drop-byte-out:14969',
  'garble-byte-out:15031',
  'duplicate-byte-out:15053',
];
/** A board that costs nothing answers in microseconds: silence is a lost byte after milliseconds, not seconds. */
const quickTimeouts = {
  chunkTimeoutMs: 40,
  commandTimeoutMs: 60,
  probeTimeoutMs: 60,
  quietMs: 5,
  inferTimeoutMs: 500,
};
const queryDeadlineMs = 10_000;
const identifyTimeoutMs = 20_000;
/** As an accuracy run resumes from its checkpoint; two damaged lines in one reply look like a board that hangs. */
const resumeCountMax = 20;
const memoryPointCount = 200;
const bytesPerMebibyte = 1024 ** 2;

/** What a soak found. */
interface SoakReport {
  readonly sampleCount: number;
  readonly wrongCount: number;
  readonly resumedCount: number;
  readonly seconds: number;
  /** Bytes that the wire lost, garbled or doubled. */
  readonly faultCount: number;
  readonly byteCount: number;
  readonly retryCount: number;
  readonly resyncCount: number;
  readonly garbledReplyCount: number;
  /** Damaged or missing replies among the commands sent. */
  readonly errorRate: number;
  /** Resident memory of the host's process, each tenth of the soak: its median. */
  readonly rssMebibytesByTenth: readonly number[];
  readonly rssMebibytesFirstQuartile: number;
  readonly rssMebibytesLastQuartile: number;
  /** JavaScript heap that something holds. */
  readonly heldMebibytesFirstQuartile: number;
  readonly heldMebibytesLastQuartile: number;
}

function soakSample(sampleIndex: number): Uint8Array {
  const { sampleBytes } = zeroCostShapes[model];
  const sample = new Uint8Array(sampleBytes);
  // A small generator of its own, so that neighbours share no bytes.
  let state = Math.imul(sampleIndex + 1, 2_654_435_761);
  for (let at = 0; at < sampleBytes; at += 1) {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) + at;
    sample[at] = state >>> 24;
  }
  return sample;
}

interface MemoryPoint {
  readonly rssBytes: number;
  readonly heldBytes: number;
}

/** Median of one quarter of the points, in MiB. */
function quartile(
  points: readonly MemoryPoint[],
  which: 'first' | 'last',
  value: (point: MemoryPoint) => number,
): number {
  const count = Math.max(1, Math.floor(points.length / 4));
  const part = which === 'first' ? points.slice(0, count) : points.slice(-count);
  const sorted = part.map(value).toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) / bytesPerMebibyte;
}

type MemoryFacts = Pick<SoakReport, Extract<keyof SoakReport, `${string}Mebibytes${string}`>>;

function memoryFacts(points: readonly MemoryPoint[]): MemoryFacts {
  const rss = ({ rssBytes }: MemoryPoint): number => rssBytes;
  const held = ({ heldBytes }: MemoryPoint): number => heldBytes;
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const [from, to] = [tenth, tenth + 1].map((at) => Math.floor((at * points.length) / 10));
    return quartile(points.slice(from, to), 'last', rss);
  });
  return {
    rssMebibytesByTenth: tenths,
    rssMebibytesFirstQuartile: quartile(points, 'first', rss),
    rssMebibytesLastQuartile: quartile(points, 'last', rss),
    heldMebibytesFirstQuartile: quartile(points, 'first', held),
    heldMebibytesLastQuartile: quartile(points, 'last', held),
  };
}

async function damagedByteCount(socketPath: string): Promise<number> {
  const state = await requestJsonLine({
    socketPath,
    message: { do: 'state' },
    timeoutMs: 5_000,
  });
  const answer: unknown = typeof state === 'object' && state !== null ? state : {};
  return Number(/"damagedBytes":(\d+)/.exec(JSON.stringify(answer))?.[1] ?? Number.NaN);
}

interface SamplesOutcome {
  readonly wrongCount: number;
  readonly resumedCount: number;
  readonly points: readonly MemoryPoint[];
}

/** After a collection: what is not held is no growth. */
function memoryPoint(): MemoryPoint {
  const heldBytes = heldHeapBytes();
  return { rssBytes: process.memoryUsage().rss, heldBytes };
}

/** The accuracy loop over all samples; it goes on behind the answers that there are after a lost board. */
async function askAll(dut: Dut, sampleCount: number): Promise<SamplesOutcome> {
  const { outputLength } = zeroCostShapes[model];
  const { signal } = new AbortController();
  const points: MemoryPoint[] = [];
  const pointEvery = Math.max(1, Math.floor(sampleCount / memoryPointCount));
  const doneIndices = new Set<number>();
  let wrongCount = 0;
  for (let resumedCount = 0; ; resumedCount += 1) {
    const end = await runAccuracy({
      target: {
        stage: (index, abort) => dut.load(soakSample(index), abort),
        issue: (_index, abort) => dut.infer(abort),
      },
      clock: systemClock(),
      queryDeadlineMs,
      sampleCount,
      doneIndices,
      signal,
      onOutput: (index, output) => {
        const expected = tableAnswer(soakSample(index), outputLength);
        if (!output.every((value, at) => value === expected[at])) wrongCount += 1;
        doneIndices.add(index);
        if (index % pointEvery === 0) points.push(memoryPoint());
      },
    });
    if (end.endedBy === 'complete') return { wrongCount, resumedCount, points };
    if (end.endedBy !== 'query-failed' || resumedCount >= resumeCountMax) throw endedBy(end);
    process.stderr.write(`soak: goes on after ${String(end.error)}\n`);
    await dut.identify(AbortSignal.timeout(identifyTimeoutMs));
  }
}

function endedBy(end: LoadEnd): Error {
  const cause = end.endedBy === 'query-failed' ? end.error : undefined;
  return new Error(`the soak ended by ${end.endedBy}`, { cause });
}

/** Runs the soak against the simulated board. */
async function soakTinySerial(sampleCount: number): Promise<SoakReport> {
  const socketPath = `/tmp/assay-soak-${process.pid}.probe`;
  await using board = await startBoardProcess([
    '--zero-cost',
    '--no-pace',
    '--probe',
    socketPath,
    ...faults.flatMap((fault) => ['--fault', fault]),
  ]);
  await using dut = await openZeroCostDut(board.path, model, quickTimeouts);
  await dut.identify(AbortSignal.timeout(identifyTimeoutMs));
  const startedNs = process.hrtime.bigint();
  const { wrongCount, resumedCount, points } = await askAll(dut, sampleCount);
  const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
  const counters = dut.counters();
  return {
    sampleCount,
    wrongCount,
    resumedCount,
    seconds,
    faultCount: await damagedByteCount(socketPath),
    byteCount: counters.bytesSent + counters.bytesReceived,
    retryCount: counters.retryCount,
    resyncCount: counters.resyncCount,
    garbledReplyCount: counters.garbledReplyCount,
    errorRate: counters.garbledReplyCount / counters.commandCount,
    ...memoryFacts(points),
  };
}

function reportLines(report: SoakReport): string {
  const facts: readonly (readonly [string, number | readonly number[]])[] = Object.entries(report);
  return facts
    .map(([name, value]) => {
      const numbers = [value].flat().map((number) => Number(number.toPrecision(6)));
      return `${name.padEnd(30)}${numbers.join(' ')}\n`;
    })
    .join('');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      samples: { type: 'string', default: '50000' },
      json: { type: 'boolean', default: false },
    },
  });
  const report = await soakTinySerial(Number(values.samples));
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : reportLines(report));
  process.exitCode = report.wrongCount === 0 ? 0 : 1;
}
