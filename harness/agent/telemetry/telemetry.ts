import type { DevicePush } from '#drivers/transports/device-protocol/pushes.ts';
import type { TelemetryChannel } from '#drivers/transports/device-protocol/replies.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

import { ticksNow } from '../ticks.ts';
import { findCpuFrequencies } from './cpu-frequencies.ts';
import { findHwmon } from './hwmon.ts';
import { findInaPower } from './ina-power.ts';
import { findNvidiaSmi } from './nvidia-smi.ts';
import { findRapl } from './rapl.ts';
import type { FindSources, SourceSearch, TelemetrySource } from './telemetry-source.ts';
import { findThermalZones } from './thermal-zones.ts';

type Push = (push: DevicePush) => void;

/** A host that is told the values. Ends when it is disposed of. */
export type TelemetrySubscription = AsyncDisposable;

/** All that the board measures about itself. */
export interface Telemetry extends AsyncDisposable {
  readonly channels: readonly TelemetryChannel[];
  /** @param periodMs - brought into 50 to 60 000 */
  readonly subscribe: (periodMs: number, push: Push) => TelemetrySubscription;
}

/** Kinds of sources, in the order of their channels. */
const kinds: readonly { readonly name: string; readonly find: FindSources }[] = [
  { name: 'hwmon', find: findHwmon },
  { name: 'INA power', find: findInaPower },
  { name: 'thermal zones', find: findThermalZones },
  { name: 'RAPL', find: findRapl },
  { name: 'cpufreq', find: findCpuFrequencies },
  { name: 'nvidia-smi', find: findNvidiaSmi },
];

const periodMsMin = 50;
/** Counters of energy wrap, at 1000 W after four minutes. */
const periodMsMax = 60_000;
const readTimeoutMs = 2000;
const findTimeoutMs = 15_000;
const channelCountMax = 200;
const nameLengthMax = 80;

async function findAll(search: SourceSearch): Promise<readonly TelemetrySource[]> {
  const found = await Promise.all(
    kinds.map(async ({ name, find }) => {
      try {
        const sources = await raceSignal(find(search), AbortSignal.timeout(findTimeoutMs));
        if (sources.length > 0) return sources;
        search.log({ level: 'info', message: 'no such telemetry here', fields: { kind: name } });
      } catch (error) {
        const fields = { kind: name, error: String(error) };
        search.log({ level: 'warn', message: 'telemetry is left out', fields });
      }
      return [];
    }),
  );
  return found.flat();
}

/** Names are unique: a second one of a name gets a number. */
function uniqueName(name: string, used: Set<string>): string {
  const short = name.slice(0, nameLengthMax);
  let unique = short;
  for (let count = 2; used.has(unique); count += 1) unique = `${short} ${count}`;
  used.add(unique);
  return unique;
}

type Numbered = { readonly source: TelemetrySource; readonly firstId: number };

class BoardTelemetry implements Telemetry {
  readonly channels: readonly TelemetryChannel[];
  readonly #search: SourceSearch;
  readonly #sources: Set<Numbered>;
  readonly #notes: readonly LogLine[];

  constructor(
    search: SourceSearch,
    sources: readonly TelemetrySource[],
    notes: readonly LogLine[],
  ) {
    const channels: TelemetryChannel[] = [];
    const used = new Set<string>();
    this.#search = search;
    this.#notes = notes;
    this.#sources = new Set();
    for (const source of sources) {
      if (channels.length + source.channels.length > channelCountMax) break;
      this.#sources.add({ source, firstId: channels.length + 1 });
      for (const { name, unit } of source.channels) {
        channels.push({ id: channels.length + 1, unit, name: uniqueName(name, used) });
      }
    }
    this.channels = channels;
  }

  readonly subscribe = (periodMs: number, push: Push): TelemetrySubscription => {
    const ending = new AbortController();
    const boundedMs = Math.min(Math.max(periodMs, periodMsMin), periodMsMax);
    const telling = this.#tell(boundedMs, push, ending.signal);
    return {
      [Symbol.asyncDispose]: async () => {
        ending.abort();
        await telling;
      },
    };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { source } of this.#sources) await source[Symbol.asyncDispose]();
    this.#sources.clear();
  }

  async #tell(periodMs: number, push: Push, signal: AbortSignal): Promise<void> {
    for (const { level, message, fields } of this.#notes) {
      push({ kind: 'log', level, text: `${message} ${JSON.stringify(fields)}` });
    }
    // Means begin here: what they give for the time before is of no host.
    await this.#readAll(push, signal);
    while (!signal.aborted) {
      await this.#search.clock.sleep(periodMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const ticks = ticksNow();
      const values = await this.#readAll(push, signal);
      if (values.length > 0 && !signal.aborted) push({ kind: 'telemetry', ticks, values });
    }
  }

  async #readAll(push: Push, signal: AbortSignal): Promise<{ id: number; value: number }[]> {
    const read = await Promise.all(
      [...this.#sources].map((numbered) => this.#readOne(numbered, push, signal)),
    );
    return read.flat();
  }

  async #readOne(
    numbered: Numbered,
    push: Push,
    signal: AbortSignal,
  ): Promise<{ id: number; value: number }[]> {
    const { source, firstId } = numbered;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)]);
    try {
      const values = await raceSignal(source.read(), deadline);
      return values.flatMap((value, index) =>
        value === undefined || !Number.isFinite(value) ? [] : [{ id: firstId + index, value }],
      );
    } catch (error) {
      if (signal.aborted) return [];
      // A driver in the kernel that hangs would hold one more thread with each try.
      this.#sources.delete(numbered);
      const fields = { source: source.name, error: String(error) };
      this.#search.log({ level: 'warn', message: 'telemetry source dropped', fields });
      push({ kind: 'log', level: 'warn', text: `telemetry source dropped: ${source.name}` });
      return [];
    }
  }
}

const noteCountMax = 32;

/** Looks for everything that measures. What is not there is named in the log, and to each host that subscribes. */
export async function openTelemetry(search: SourceSearch): Promise<Telemetry> {
  const notes: LogLine[] = [];
  const log = (line: LogLine): void => {
    if (notes.length < noteCountMax) notes.push(line);
    search.log(line);
  };
  return new BoardTelemetry(search, await findAll({ ...search, log }), notes);
}

/** A board that measures nothing. */
export const noTelemetry: Telemetry = {
  channels: [],
  subscribe: () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
