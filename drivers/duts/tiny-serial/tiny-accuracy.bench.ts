import { tableAnswer } from '#fixtures/boards/tiny-board/answer-table.ts';
import type { Dut } from '#harness/contracts/dut.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { runAccuracy } from '#harness/loadgen/scenarios/accuracy.ts';

import { zeroCostBoards, zeroCostShapes, type ZeroCostModel } from './zero-cost-board.ts';
import { openZeroCostDut } from './zero-cost-dut.ts';

/** One accuracy run against the time that was asked for. */
interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
  /** What was asked for; the run is to stay at or below it. */
  readonly referenceMedianUs: number;
  readonly ratio: number;
  readonly note: string;
}

const sampleCount = 200;
const runCount = 3;
const runTimeoutMs = 120_000;
const usPerSecond = 1e6;

/** Seconds asked of 200 samples, and what the official Python runner takes on two cores. */
const tasks: readonly {
  readonly title: string;
  readonly model: ZeroCostModel;
  readonly askedSeconds: number;
  readonly officialSeconds: number;
}[] = [
  { title: 'keyword spotting', model: 'kws01', askedSeconds: 0.5, officialSeconds: 5.4 },
  { title: 'image classification', model: 'ic01', askedSeconds: 1.2, officialSeconds: 7.6 },
  { title: 'person detection', model: 'vww01', askedSeconds: 8, officialSeconds: 33.8 },
];

/** Different bytes for each sample. */
function benchSample(byteCount: number, sampleIndex: number): Uint8Array {
  return new Uint8Array(byteCount).map((_, at) => at * 7 + sampleIndex);
}

/** Microseconds of one accuracy run; checks every answer after it. */
async function accuracyRunUs(dut: Dut, model: ZeroCostModel): Promise<number> {
  const { sampleBytes, outputLength } = zeroCostShapes[model];
  const samples = Array.from({ length: sampleCount }, (_, at) => benchSample(sampleBytes, at));
  const outputs: Float32Array[] = [];
  const clock = systemClock();
  const startedAtNs = clock.nowNs();
  const end = await runAccuracy({
    target: {
      stage: (index, signal) => dut.load(samples[index] ?? new Uint8Array(), signal),
      issue: (_index, signal) => dut.infer(signal),
    },
    clock,
    queryDeadlineMs: 10_000,
    sampleCount,
    onOutput: (_index, output) => {
      outputs.push(output);
    },
    signal: AbortSignal.timeout(runTimeoutMs),
  });
  const tookUs = (clock.nowNs() - startedAtNs) / 1_000;
  if (end.endedBy !== 'complete') throw new Error(`the accuracy run ended by ${end.endedBy}`);
  for (const [index, sample] of samples.entries()) {
    const expected = tableAnswer(sample, outputLength);
    if (String(outputs[index]) !== String(expected)) throw new Error(`sample ${index} is wrong`);
  }
  return tookUs;
}

/**
 * 200 samples through the port of the driver and the accuracy loop of the load generator, as a run does it: load,
 * infer, results, everything read twice. The board costs nothing and is not paced.
 */
export async function benchTinyAccuracy(): Promise<BenchRow[]> {
  await using boards = await zeroCostBoards();
  const rows: BenchRow[] = [];
  for (const { title, model, askedSeconds, officialSeconds } of tasks) {
    await using board = await boards.start(model);
    await using dut = await openZeroCostDut(board.path, model);
    const runsUs: number[] = [];
    for (let run = 0; run < runCount; run += 1) runsUs.push(await accuracyRunUs(dut, model));
    const medianUs = runsUs.toSorted((a, b) => a - b)[Math.floor(runCount / 2)] ?? Number.NaN;
    rows.push({
      name: `tiny serial: accuracy run of ${sampleCount} samples, ${title} (reference: asked)`,
      medianUs,
      referenceMedianUs: askedSeconds * usPerSecond,
      ratio: medianUs / (askedSeconds * usPerSecond),
      note: `1 at most; the official runner takes ${officialSeconds} s; board in ${boards.peer}`,
    });
  }
  return rows;
}
