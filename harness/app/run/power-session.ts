import { join } from 'node:path';

import type { InstrumentEntry } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import type { InstrumentIdentity, PowerBlock, PowerMeter } from '#harness/contracts/power-meter.ts';
import { powerFile } from '#harness/judge/raw/power-blocks.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';
import { startPowerSampler, type PowerSampler } from '#harness/telemetry/sampler.ts';

/** The power meter of one run and what it records. */
export interface PowerSession {
  readonly identity: InstrumentIdentity;
  /** Starts recording into the bundle. */
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** Mean power of the samples that arrive within this time from now, in watts. */
  readonly meanWattsOver: (durationMs: number, signal: AbortSignal) => Promise<number>;
  /** The task's value; when the recording breaks first, its failure. */
  readonly guard: <T>(task: Promise<T>) => Promise<T>;
  /** Ends the recording and closes its file. */
  readonly stop: (signal: AbortSignal) => Promise<void>;
  /** Safe state of the meter, whatever happened before. */
  readonly release: (signal: AbortSignal) => Promise<void>;
}

/** Sums what comes by: energy and count of the samples since the last reset. Torn samples count as absent. */
interface PowerTap {
  readonly take: (block: PowerBlock) => void;
  readonly reset: () => void;
  readonly joulesPerSample: () => number;
}

function powerTap(): PowerTap {
  let energyJoules = 0;
  let sampleCount = 0;
  return {
    take: (block) => {
      for (const joules of block.energyJoules) {
        if (Number.isNaN(joules)) continue;
        energyJoules += joules;
        sampleCount += 1;
      }
    },
    reset: () => {
      energyJoules = 0;
      sampleCount = 0;
    },
    joulesPerSample: () => energyJoules / sampleCount,
  };
}

/** The same meter, whose blocks are also seen by the tap. */
function tapped(meter: PowerMeter, tap: PowerTap): PowerMeter {
  return {
    ...meter,
    start: (onBlock, signal) =>
      meter.start((block) => {
        tap.take(block);
        onBlock(block);
      }, signal),
  };
}

/** The part of a run's bench that the meter needs. */
interface PowerBench {
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly order: { readonly bundleDir: string };
}

async function guarded<T>(task: Promise<T>, sampler: PowerSampler): Promise<T> {
  const broken = (async (): Promise<never> => {
    throw await sampler.failed;
  })();
  return Promise.race([task, broken]);
}

/**
 * Opens the meter, takes control of it and drains what a crashed session left.
 *
 * @throws LabError power/no-answer, serial/…
 */
export async function openPowerSession(
  bench: PowerBench,
  instrument: InstrumentEntry,
  signal: AbortSignal,
): Promise<PowerSession> {
  const { clock, log } = bench;
  const meter = await instrument.driver.open(
    instrument.config,
    { instrumentId: instrument.id, clock, log },
    signal,
  );
  const tap = powerTap();
  let sampler: PowerSampler | undefined;
  try {
    const identity = await meter.identify(signal);
    return {
      identity,
      start: async (startSignal) => {
        const path = join(bench.order.bundleDir, powerFile);
        sampler = await startPowerSampler({ meter: tapped(meter, tap), path }, startSignal);
      },
      meanWattsOver: async (durationMs, waitSignal) => {
        const running = assertDefined(sampler, 'the recording was started');
        tap.reset();
        await guarded(clock.sleep(durationMs, waitSignal), running);
        const watts = tap.joulesPerSample() * running.sampleRateHz;
        if (Number.isNaN(watts)) {
          const message = `${instrument.id} sent no sample in ${durationMs} ms`;
          throw labError('power/stream-stopped', message);
        }
        return watts;
      },
      guard: (task) => guarded(task, assertDefined(sampler, 'the recording was started')),
      stop: async (stopSignal) => {
        const running = sampler;
        sampler = undefined;
        const totals = await running?.stop(stopSignal);
        log({ level: 'info', message: 'power recorded', fields: { ...totals } });
      },
      release: async (releaseSignal) => {
        try {
          await meter.release(releaseSignal);
        } finally {
          await sampler?.[Symbol.asyncDispose]();
          await raceSignal(Promise.resolve(meter[Symbol.asyncDispose]()), releaseSignal);
        }
      },
    };
  } catch (error) {
    await meter[Symbol.asyncDispose]();
    throw error;
  }
}
