import type { TinyMessage } from './protocol.ts';
import type { Reply } from './reply.ts';

/** An `infer` reply whose markers are all there, in order. */
export interface InferReading {
  readonly kind: 'whole';
  readonly startedAtNs: number;
  readonly endedAtNs: number;
  readonly deviceDurationNs: number;
  /** Undefined when the line of results is damaged; the board still has them. */
  readonly values: Float32Array | undefined;
}

/** Any other `infer` reply, and how far it got. */
export interface InferDamage {
  readonly kind: 'not-started' | 'hanging' | 'damaged';
  readonly reason: string;
}

const tickerRange = 2 ** 32;
const nsPerUs = 1_000;

/**
 * Microseconds between two readings of the board's timer. The reference timer has 32 bits and wraps every 71.6
 * minutes (sheet 1.2); a reading beyond them is of a wider timer, which never runs back.
 *
 * @returns undefined when no timer can have given the two
 */
export function lapMicroseconds(first: number, second: number): number | undefined {
  if (second >= first) return second - first;
  return first < tickerRange ? second - first + tickerRange : undefined;
}

const order = [
  'warmup-start',
  'warmup-done',
  'infer-start',
  'lap',
  'lap',
  'infer-done',
] as const satisfies readonly TinyMessage['kind'][];

function hasCounts(messages: readonly TinyMessage[], inferenceCount: number): boolean {
  return messages.every((message) => {
    if (message.kind === 'warmup-start') return message.count === 0;
    return message.kind !== 'infer-start' || message.count === inferenceCount;
  });
}

function damageOf(reply: Reply, reason: string): InferDamage {
  if (reply.isComplete) return { kind: 'damaged', reason };
  const kinds = new Set(reply.messages.map(({ kind }) => kind));
  if (kinds.has('infer-done') || kinds.has('results')) return { kind: 'damaged', reason };
  const hasStarted = order.some((kind) => kinds.has(kind));
  return { kind: hasStarted ? 'hanging' : 'not-started', reason: 'the board fell silent' };
}

interface Spoken {
  readonly message: TinyMessage;
  readonly atNs: number;
}

function spokenOf(reply: Reply): readonly Spoken[] {
  return reply.messages
    .map((message, index) => ({ message, atNs: reply.arrivedAtNs[index] ?? 0 }))
    .filter(({ message }) => message.kind !== 'other');
}

/** Why these lines are no whole reply; empty when they are. */
function orderProblem(reply: Reply, spoken: readonly Spoken[], inferenceCount: number): string {
  const inOrder = order.every((kind, index) => spoken[index]?.message.kind === kind);
  const after = spoken[order.length]?.message.kind;
  const isAfterRight = after === undefined || after === 'results';
  if (!inOrder || !isAfterRight || spoken.length > order.length + 1) {
    return 'markers are missing or out of order';
  }
  if (!reply.isComplete && after === undefined) return 'no results';
  return hasCounts(reply.messages, inferenceCount) ? '' : 'other counts than asked';
}

/**
 * Reads the reply to `infer N 0` (sheet 1.3). Debug lines may stand anywhere; each marker must be there once, in
 * order and with the counts that were asked for. A reply that lacks only its `m-ready` is whole. Pure.
 *
 * @param outputLength - values the model gives; a list of any other length is damaged
 */
export function readInferReply(
  reply: Reply,
  inferenceCount: number,
  outputLength: number,
): InferReading | InferDamage {
  const spoken = spokenOf(reply);
  const problem = orderProblem(reply, spoken, inferenceCount);
  if (problem !== '') return damageOf(reply, problem);
  const [first, second] = spoken.filter(({ message }) => message.kind === 'lap');
  if (first?.message.kind !== 'lap' || second?.message.kind !== 'lap') {
    return damageOf(reply, 'no laps');
  }
  const microseconds = lapMicroseconds(first.message.microseconds, second.message.microseconds);
  if (microseconds === undefined) return damageOf(reply, 'the timer runs back');
  const results = reply.messages.find((message) => message.kind === 'results');
  return {
    kind: 'whole',
    startedAtNs: first.atNs,
    endedAtNs: second.atNs,
    deviceDurationNs: microseconds * nsPerUs,
    values: results?.values.length === outputLength ? results.values : undefined,
  };
}
