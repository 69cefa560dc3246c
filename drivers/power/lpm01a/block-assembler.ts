import type { PowerBlock } from '#harness/contracts/power-meter.ts';

/** A block covers at most this share of a second. */
const blockSeconds = 0.1;

/** Samples so far, and those that the analyzer's time stamps say are missing. */
export interface SampleCounts {
  readonly sampleCount: number;
  readonly lostSampleCount: number;
}

/** Groups samples into blocks and finds the lost ones. */
export interface BlockAssembler {
  /** The next sample in joules, NaN when torn, and the run-clock instant at which it arrived. */
  readonly addSample: (joules: number, arrivedAtNs: number) => void;
  /**
   * A time stamp of the analyzer. Between two of them lie exactly as many samples as the rate says; what is missing
   * is counted on the next block, whose index goes on after the gap.
   */
  readonly addTimeStamp: (atMs: number) => void;
  /** Gives away the samples held, if any. */
  readonly flush: () => void;
  /** The same, once the oldest sample held is a block's length old. */
  readonly flushWhenDue: (nowNs: number) => void;
  readonly counts: () => SampleCounts;
}

/** An assembler at its first sample. It allocates one array per block. */
export function blockAssembler(
  sampleRateHz: number,
  onBlock: (block: PowerBlock) => void,
): BlockAssembler {
  const held = new Float32Array(Math.max(1, Math.round(sampleRateHz * blockSeconds)));
  let heldCount = 0;
  let heldSinceNs = 0;
  let lastArrivedAtNs = 0;
  let firstSampleIndex = 0;
  let lostBeforeCount = 0;
  let sampleCount = 0;
  let lostSampleCount = 0;
  let stamp: { readonly atMs: number; readonly sampleCount: number } | undefined;

  const flush = (): void => {
    if (heldCount === 0) return;
    onBlock({
      firstSampleIndex,
      arrivedAtNs: lastArrivedAtNs,
      lostSampleCount: lostBeforeCount,
      energyJoules: held.slice(0, heldCount),
    });
    firstSampleIndex += heldCount;
    heldCount = 0;
    lostBeforeCount = 0;
  };

  return {
    addSample: (joules, arrivedAtNs) => {
      if (heldCount === 0) heldSinceNs = arrivedAtNs;
      held[heldCount] = joules;
      heldCount += 1;
      sampleCount += 1;
      lastArrivedAtNs = arrivedAtNs;
      if (heldCount === held.length) flush();
    },
    addTimeStamp: (atMs) => {
      // The first stamp, and one after the analyzer's clock began anew, says nothing about a distance.
      if (stamp !== undefined && atMs > stamp.atMs) {
        const dueCount = Math.round(((atMs - stamp.atMs) * sampleRateHz) / 1000);
        const missingCount = dueCount - (sampleCount - stamp.sampleCount);
        if (missingCount > 0) {
          flush();
          firstSampleIndex += missingCount;
          lostBeforeCount += missingCount;
          lostSampleCount += missingCount;
        }
      }
      stamp = { atMs, sampleCount };
    },
    flush,
    flushWhenDue: (nowNs) => {
      if (nowNs - heldSinceNs >= blockSeconds * 1e9) flush();
    },
    counts: () => ({ sampleCount, lostSampleCount }),
  };
}
