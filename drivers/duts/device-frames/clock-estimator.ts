import type { DeviceClock } from '#harness/contracts/records/run-record.ts';

/** One CLOCK exchange: the host's stamps outside, the device's inside. */
export interface ClockExchange {
  /** Run-clock instants. */
  readonly sentAtNs: number;
  readonly receivedAtNs: number;
  /** The counter as it was sent, not unwrapped. */
  readonly arrivedTicks: bigint;
  readonly handedOverTicks: bigint;
}

/** A device's tick counter. */
export interface TickCounter {
  readonly ticksPerSecond: bigint;
  /** It starts anew at 0 after so many bits. */
  readonly tickBits: number;
}

/** Follows a device's clock by exchanges. */
export interface ClockEstimator {
  /** @returns false when the counter cannot have got there: it jumped, or ran backwards; nothing is learnt then */
  readonly add: (exchange: ClockExchange) => boolean;
  /** The run-clock instant of a counter value that was read near `nearNs`; undefined before the first exchange. */
  readonly runNs: (ticks: bigint, nearNs: number) => number | undefined;
  /** How far `runNs` may be wrong at this instant, nanoseconds, whatever the device's oscillator. */
  readonly toleranceNs: (atNs: number) => number;
  /** As of the last exchange. */
  readonly deviceClock: () => DeviceClock | undefined;
}

/** An exchange as one point: at `atNs` of the run the device's clock was `offsetNs` ahead of it, give or take. */
interface Point {
  readonly atNs: number;
  readonly offsetNs: number;
  readonly roundTripNs: number;
}

/** What an oscillator that is not yet known may be off, parts per million: crystals have at most 100. */
const unknownDriftPpm = 500;
/** More than this is no oscillator, but a jump: the worst are off by 2 %. */
const driftPpmMax = 20_000;
/** A drift is told when it is known to this. */
const driftUncertaintyPpmMax = 100;
const driftSpanNsMin = 2e9;
/** Exchanges this close together count as one, the one with the shortest round trip. */
const groupNs = 1e9;
const pointCountMax = 64;
const jumpSlackNs = 1e5;
const ppm = 1e-6;

/** The same value, as the counter shows it, that lies nearest to `expected`. */
function nearestValue(shown: bigint, expected: bigint, period: bigint): bigint {
  const behind = (((shown - expected) % period) + period) % period;
  return expected + (behind > period / 2n ? behind - period : behind);
}

/** The point whose exchange took the least time. */
function shortest(points: readonly Point[]): Point | undefined {
  return points.toSorted((one, other) => one.roundTripNs - other.roundTripNs)[0];
}

class ExchangeClockEstimator implements ClockEstimator {
  readonly #ticksPerSecond: bigint;
  readonly #nsPerTick: number;
  readonly #period: bigint;
  /** The shortest round trip of each group, ascending in time. */
  #points: Point[] = [];
  /** The first exchange of the newest group, whichever of it counts. */
  #groupStartedAtNs = 0;
  #shortest: Point | undefined;
  #last: Point | undefined;
  /** Counter value and instant of the first exchange; everything is held relative to it, to stay exact. */
  #reference: { readonly ticks: bigint; readonly atNs: number } | undefined;
  #exchangeCount = 0;
  #drift: { readonly ppm: number; readonly uncertaintyPpm: number } | undefined;

  constructor({ ticksPerSecond, tickBits }: TickCounter) {
    this.#ticksPerSecond = ticksPerSecond;
    this.#nsPerTick = 1e9 / Number(ticksPerSecond);
    this.#period = 1n << BigInt(tickBits);
  }

  readonly add = (exchange: ClockExchange): boolean => {
    const { sentAtNs, receivedAtNs, arrivedTicks, handedOverTicks } = exchange;
    const atNs = (sentAtNs + receivedAtNs) / 2;
    const heldTicks =
      (((handedOverTicks - arrivedTicks) % this.#period) + this.#period) % this.#period;
    const heldNs = Number(heldTicks) * this.#nsPerTick;
    const outsideNs = receivedAtNs - sentAtNs;
    if (heldNs > outsideNs * (1 + driftPpmMax * ppm) + this.#slackNs) return false;
    this.#reference ??= { ticks: arrivedTicks, atNs };
    const aheadNs = this.#sinceReferenceNs(arrivedTicks, atNs) + heldNs / 2;
    const point = {
      atNs,
      offsetNs: aheadNs - (atNs - this.#reference.atNs),
      roundTripNs: Math.max(0, outsideNs - heldNs),
    };
    if (this.#hasJumped(point)) return false;
    this.#take(point);
    return true;
  };

  readonly runNs = (ticks: bigint, nearNs: number): number | undefined => {
    if (this.#reference === undefined) return undefined;
    const deviceNs = this.#sinceReferenceNs(ticks, nearNs);
    // One step is enough: the offset changes by parts per million of what `nearNs` is off.
    return this.#reference.atNs + deviceNs - this.#offsetNs(nearNs);
  };

  readonly toleranceNs = (atNs: number): number => {
    const best = this.#best(atNs);
    if (best === undefined) return Number.POSITIVE_INFINITY;
    return best.roundTripNs / 2 + driftPpmMax * ppm * Math.abs(atNs - best.atNs) + this.#slackNs;
  };

  readonly deviceClock = (): DeviceClock | undefined => {
    if (this.#reference === undefined || this.#shortest === undefined || this.#last === undefined) {
      return undefined;
    }
    const { atNs } = this.#last;
    // How far ahead of the run clock the device's is at its reference, in parts that keep whole seconds exact.
    const seconds = this.#reference.ticks / this.#ticksPerSecond;
    const restNs = Number(this.#reference.ticks % this.#ticksPerSecond) * this.#nsPerTick;
    return {
      ticksPerSecond: Number(this.#ticksPerSecond),
      offsetNs: Number(seconds) * 1e9 + (restNs - this.#reference.atNs + this.#offsetNs(atNs)),
      offsetUncertaintyNs: this.#uncertaintyNs(atNs),
      driftPpm: this.#drift?.ppm ?? null,
      roundTripNs: this.#shortest.roundTripNs,
      exchangeCount: this.#exchangeCount,
    };
  };

  /** A tick more or less, and what scheduling may hide. */
  get #slackNs(): number {
    return 2 * this.#nsPerTick + jumpSlackNs;
  }

  /** Nanoseconds by the device's clock from its reference to a counter value that was read near `nearNs`. */
  #sinceReferenceNs(ticks: bigint, nearNs: number): number {
    const reference = this.#reference ?? { ticks, atNs: nearNs };
    const expectedNs = nearNs - reference.atNs + this.#offsetNs(nearNs);
    const expected = reference.ticks + BigInt(Math.round(expectedNs / this.#nsPerTick));
    return Number(nearestValue(ticks, expected, this.#period) - reference.ticks) * this.#nsPerTick;
  }

  #offsetNs(atNs: number): number {
    const best = this.#best(atNs);
    if (best === undefined) return 0;
    return best.offsetNs + (this.#drift?.ppm ?? 0) * ppm * (atNs - best.atNs);
  }

  #uncertaintyNs(atNs: number): number {
    const best = this.#best(atNs);
    return best === undefined ? Number.POSITIVE_INFINITY : this.#spreadNs(best, atNs);
  }

  #spreadNs(point: Point, atNs: number): number {
    const driftPpm = this.#drift?.uncertaintyPpm ?? unknownDriftPpm;
    return point.roundTripNs / 2 + driftPpm * ppm * Math.abs(atNs - point.atNs);
  }

  /** The exchange that says most about this instant: a short round trip, not too long ago. */
  #best(atNs: number): Point | undefined {
    let best: Point | undefined;
    for (const point of this.#points) {
      if (best === undefined || this.#spreadNs(point, atNs) <= this.#spreadNs(best, atNs)) {
        best = point;
      }
    }
    return best;
  }

  #hasJumped(point: Point): boolean {
    if (this.#points.length === 0) return false;
    const wrongNs = Math.abs(point.offsetNs - this.#offsetNs(point.atNs));
    return wrongNs > point.roundTripNs / 2 + this.toleranceNs(point.atNs);
  }

  #take(point: Point): void {
    this.#exchangeCount += 1;
    this.#last = point;
    if (this.#shortest === undefined || point.roundTripNs <= this.#shortest.roundTripNs) {
      this.#shortest = point;
    }
    const group = this.#points.at(-1);
    if (group === undefined || point.atNs - this.#groupStartedAtNs >= groupNs) {
      this.#points.push(point);
      this.#groupStartedAtNs = point.atNs;
    } else if (point.roundTripNs <= group.roundTripNs)
      this.#points[this.#points.length - 1] = point;
    if (this.#points.length > pointCountMax) {
      // Every second one goes, the first and the newest stay.
      const last = this.#points.length - 1;
      this.#points = this.#points.filter((_, index) => index % 2 === 0 || index === last);
    }
    this.#drift = this.#measuredDrift();
  }

  /** The slope between the best of the early and the best of the late exchanges. */
  #measuredDrift(): { readonly ppm: number; readonly uncertaintyPpm: number } | undefined {
    const third = Math.ceil(this.#points.length / 3);
    const early = shortest(this.#points.slice(0, third));
    const late = shortest(this.#points.slice(-third));
    if (early === undefined || late === undefined) return undefined;
    const spanNs = late.atNs - early.atNs;
    if (spanNs < driftSpanNsMin) return undefined;
    const uncertaintyPpm = (early.roundTripNs + late.roundTripNs) / 2 / spanNs / ppm;
    if (uncertaintyPpm > driftUncertaintyPpmMax) return undefined;
    return { ppm: (late.offsetNs - early.offsetNs) / spanNs / ppm, uncertaintyPpm };
  }
}

/** A clock estimator that knows nothing yet. Pure: it looks at no clock itself. */
export function clockEstimator(counter: TickCounter): ClockEstimator {
  return new ExchangeClockEstimator(counter);
}
