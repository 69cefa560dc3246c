import { join } from 'node:path';

import { hasHostReference } from '#harness/contracts/define-suite.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { prepareDataset } from '#suites/runtime/prepare-dataset.ts';
import { openSuitePool } from '#suites/runtime/suite-pool.ts';

import { modelDeployment } from '../lab/open-board.ts';
import { openDevice } from './open-device.ts';
import { openPowerSession } from './power-session.ts';
import { deviceOf, sampleOf, type RunBench } from './run-bench.ts';

/** How many samples the board must answer as the host does, before anything is measured. */
const probeSampleCount = 3;
/** Serial boards print three decimals; other kernels of the same model differ in the last bits. */
const probeTolerance = 0.02;
const poolThreadCount = 2;

async function prepareSamples(bench: RunBench, signal: AbortSignal): Promise<void> {
  await using pool = openSuitePool({ threadCount: poolThreadCount });
  const { suite, lab, tell } = bench;
  bench.found.samples = await prepareDataset(
    {
      suite,
      pool,
      rootDir: lab.rootDir,
      cacheDir: join(lab.stateDir, 'datasets'),
      onProgress: (doneCount, totalCount) =>
        tell({ type: 'progress', step: 'prepare', doneCount, totalCount, note: suite.dataset.id }),
    },
    signal,
  );
}

/** Model and data checked, ports taken, meter at rest. */
export async function secure(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { lab, suite, log } = bench;
  if (hasHostReference(suite)) {
    // Loads the model on the host once, so that a wrong file is refused before a board is touched.
    await using reference = await bench.inference.open(modelDeployment(lab, suite), {
      threadCount: 1,
    });
    log({ level: 'info', message: 'model checked', fields: { modelSha256: suite.model.sha256 } });
    await prepareSamples(bench, signal);
    await reference.infer(sampleOf(bench, 0));
  } else await prepareSamples(bench, signal);
  if (bench.instrument !== undefined) {
    const power = await openPowerSession(bench, bench.instrument, signal);
    bench.found.power = power;
    bench.found.instrumentIdentity = power.identity;
  }
  await openDevice(bench, signal);
}

function largestDifference(left: readonly number[], right: Float32Array): number {
  return Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? Number.NaN))));
}

/** Answers of a model that the host cannot run itself must at least be of the right form. */
async function probeForm(bench: RunBench, signal: AbortSignal): Promise<void> {
  const { outputLength } = bench.suite.model;
  for (let sampleIndex = 0; sampleIndex < probeSampleCount; sampleIndex += 1) {
    const answer = await deviceOf(bench).call('answer', { sampleIndex }, { signal });
    bench.found.hasDetails = answer.hasDetails;
    const { output } = answer;
    if (output.length !== outputLength || !output.every(Number.isFinite)) {
      const message = `sample ${sampleIndex}: board ${bench.board.id} answers ${output.length} values, wanted are ${outputLength} numbers`;
      throw labError('dut/wrong-output', message, { details: { output } });
    }
  }
}

/** The board must answer as the host does with the same model. */
export async function probe(bench: RunBench, signal: AbortSignal): Promise<void> {
  // A device that listens by itself takes no sample: what it heard shows when it is measured.
  if (bench.suite.stream !== undefined) return;
  if (!hasHostReference(bench.suite)) {
    await probeForm(bench, signal);
    return;
  }
  const deployment = modelDeployment(bench.lab, bench.suite);
  await using reference = await bench.inference.open(deployment, { threadCount: 1 });
  for (let sampleIndex = 0; sampleIndex < probeSampleCount; sampleIndex += 1) {
    const expected = await reference.infer(sampleOf(bench, sampleIndex));
    const { output, hasDetails } = await deviceOf(bench).call(
      'answer',
      { sampleIndex },
      { signal },
    );
    bench.found.hasDetails = hasDetails;
    const difference = largestDifference(output, expected);
    if (output.length !== expected.length || !(difference <= probeTolerance)) {
      const message = `sample ${sampleIndex}: board ${bench.board.id} differs from the host reference by ${difference.toFixed(3)}, allowed are ${probeTolerance}`;
      throw labError('dut/wrong-output', message, { details: { output, expected: [...expected] } });
    }
  }
}
