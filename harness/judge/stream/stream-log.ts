import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import type { StreamAnswer } from '#harness/contracts/dut.ts';

import { parsedJson, textOf } from '../raw/json-text.ts';
import { unreadable } from '../raw/unreadable.ts';

/** Where what was recorded of a stream lies in a bundle. */
export const streamFile = 'raw/stream.json';

const closed = { additionalProperties: false } as const;
const Instant = Type.Number({ minimum: 0 });

/** A word of the audio, in milliseconds from its start. */
export const StreamWordSchema = Type.Object({ startMs: Instant, endMs: Instant }, closed);
export type StreamWord = Static<typeof StreamWordSchema>;

/**
 * The content of `raw/stream.json`: the words that the audio holds, and what the bench recorded. `…Ns` of the player
 * and of listening are on the run clock; detections and frames are on the recorder's own.
 */
export const StreamLogSchema = Type.Object(
  {
    words: Type.Array(StreamWordSchema),
    startedAtNs: Instant,
    endedAtNs: Instant,
    playStartedAtNs: Instant,
    playEndedAtNs: Instant,
    audioSpeed: Type.Number({
      exclusiveMinimum: 0,
      description: 'seconds of audio in a second; 1, but on simulated benches',
    }),
    detectionsMs: Type.Array(Instant),
    frameStartsNs: Type.Array(Instant),
    frameStopsNs: Type.Array(Instant),
    activations: Type.Array(Type.Integer({ minimum: -128, maximum: 127 })),
  },
  closed,
);
export type StreamLog = Static<typeof StreamLogSchema>;

/** The bytes of `raw/stream.json`. */
export function encodeStreamLog(
  log: StreamAnswer & { readonly words: readonly StreamWord[] },
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(log)}\n`);
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
}

function contradiction(log: StreamLog): string | undefined {
  const { words, startedAtNs, endedAtNs, playStartedAtNs, playEndedAtNs } = log;
  if (words.some(({ startMs, endMs }) => endMs <= startMs)) return 'has a word that ends first';
  if (!isAscending([startedAtNs, playStartedAtNs, playEndedAtNs, endedAtNs]))
    return 'was not listened to, played and ended in this order';
  if (!isAscending(log.detectionsMs)) return 'has detections out of order';
  if (!isAscending(log.frameStartsNs) || !isAscending(log.frameStopsNs))
    return 'has frames out of order';
  return undefined;
}

/**
 * Reads `raw/stream.json`.
 *
 * @throws LabError evidence/unreadable naming what is wrong
 */
export function decodeStreamLog(bytes: Uint8Array): StreamLog {
  const value = parsedJson(textOf(bytes, streamFile), streamFile);
  if (!Value.Check(StreamLogSchema, value)) {
    const [first] = Value.Errors(StreamLogSchema, value);
    throw unreadable(streamFile, `${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`);
  }
  const problem = contradiction(value);
  if (problem !== undefined) throw unreadable(streamFile, problem);
  return value;
}
