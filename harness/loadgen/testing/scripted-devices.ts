import type { FakeClock } from '../fake-clock.ts';
import {
  scriptedTarget,
  type Script,
  type ScriptedTarget,
  type ScriptTools,
  type TakeOptions,
} from './scripted-target.ts';

/** From here on a device misbehaves; the queries before are answered well. */
export const troubleIndex = 5;

const answerMs = 4;

type Answer = (queryId: number, tools: ScriptTools) => void;

const answerSoon: Answer = (queryId, { clock, sink, after }) =>
  after(answerMs, () => sink.complete(queryId, clock.nowNs()));

/** Answers well, but for the query at `troubleIndex`. */
function oneTrouble(trouble: Answer): Script {
  return ({ queryId, index }, tools) =>
    index === troubleIndex ? trouble(queryId, tools) : answerSoon(queryId, tools);
}

/** A device that answers all that came in 30 ms together. */
function burstyScript(): Script {
  const held: number[] = [];
  return ({ queryId }, { clock, sink, after }) => {
    held.push(queryId);
    if (held.length > 1) return;
    after(30, () => {
      for (const heldId of held.splice(0)) sink.complete(heldId, clock.nowNs());
    });
  };
}

interface Device {
  readonly script: () => Script;
  readonly take?: TakeOptions;
}

const devices = {
  /** Answers inside of `issue`, in 10 µs. */
  fast: {
    script:
      () =>
      ({ queryId }, { clock, sink }) => {
        clock.advanceMs(0.01);
        sink.complete(queryId, clock.nowNs());
      },
  },
  slow: {
    script:
      () =>
      ({ queryId }, { clock, sink, after }) =>
        after(60, () => sink.complete(queryId, clock.nowNs())),
  },
  bursty: { script: burstyScript },
  stuck: { script: () => () => undefined },
  'dropping one': { script: () => oneTrouble(() => undefined) },
  duplicating: {
    script:
      () =>
      ({ queryId }, { clock, sink, after }) =>
        after(answerMs, () => {
          sink.complete(queryId, clock.nowNs());
          sink.complete(queryId, clock.nowNs());
        }),
  },
  'answering what was never asked': {
    script: () => (query, tools) => {
      answerSoon(query.queryId, tools);
      const { clock, sink } = tools;
      for (const queryId of [query.queryId + 1, query.queryId + 0.5, -1, Number.NaN, 2 ** 60])
        sink.complete(queryId, clock.nowNs());
      sink.completeRange(query.queryId + 1, Number.POSITIVE_INFINITY, clock.nowNs());
      sink.fail(1e12, Number.NaN, new Error('never asked'));
    },
  },
  'late once': {
    script: () =>
      oneTrouble((queryId, { clock, sink, after }) =>
        after(520, () => sink.complete(queryId, clock.nowNs())),
      ),
  },
  refusing: {
    script:
      () =>
      ({ queryId, index }, tools) => {
        if (index < troubleIndex) answerSoon(queryId, tools);
        else tools.sink.fail(queryId, tools.clock.nowNs(), new Error('refused'));
      },
  },
  throwing: {
    script:
      () =>
      ({ queryId, index }, tools) => {
        if (index >= troubleIndex) throw new Error('thrown inside issue');
        answerSoon(queryId, tools);
      },
  },
  'taking nothing': { script: () => () => undefined, take: { takes: () => 0 } },
  'taking no number': { script: () => () => undefined, take: { takes: () => Number.NaN } },
  'stamping the past': {
    script: () =>
      oneTrouble((queryId, { clock, sink, after }) =>
        after(answerMs, () => sink.complete(queryId, clock.nowNs() - 50e6)),
      ),
  },
  'stamping NaN': {
    script: () => oneTrouble((queryId, { sink }) => sink.complete(queryId, Number.NaN)),
  },
} as const satisfies Record<string, Device>;

/** Devices that a load must end with, whatever they do. */
export type DeviceName = keyof typeof devices;

/** A device by its name. */
export function scriptedDevice(name: DeviceName, clock: FakeClock): ScriptedTarget {
  const device: Device = devices[name];
  return scriptedTarget(clock, device.script(), device.take ?? {});
}
