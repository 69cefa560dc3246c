import type { TinyMessage } from './protocol.ts';
import type { Reply } from './reply.ts';

/** An `infer` reply whose markers are all there, in order. */
export interface InferReading {
  readonly kind: 'whole';
  readonly startedAtNs: number;
  readonly endedAtNs: number;
  /** By the board's timer; absent where it has none in text, or none that is fine enough to see the interval. */
  readonly deviceDurationNs?: number;
  /** Undefined when the line of results is damaged; the board still has them. */
  readonly values: Float32Array | undefined;
  /** Arrival of the line of results; absent where none came whole. */
  readonly answeredAtNs?: number;
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
 * @param hostUs - the same interval by the host's clock, microseconds: it tells how often a long window has wrapped
 * @returns undefined when no timer can have given the two
 */
export function lapMicroseconds(first: number, second: number, hostUs = 0): number | undefined {
  if (first >= tickerRange || second >= tickerRange) {
    return second >= first ? second - first : undefined;
  }
  const withinRange = second >= first ? second - first : second - first + tickerRange;
  const wrapCount = Math.max(0, Math.round((hostUs - withinRange) / tickerRange));
  return withinRange + wrapCount * tickerRange;
}

type Kinds = readonly TinyMessage['kind'][];

const before: Kinds = ['warmup-start', 'warmup-done', 'infer-start'];
const performanceOrder: Kinds = [...before, 'lap', 'lap', 'infer-done'];
/** An energy build marks its two time stamps on a pin (sheet 1.3). */
const energyOrder: Kinds = [...before, 'infer-done'];

/** What was asked, and the marks that the build answers with. */
interface Question {
  readonly order: Kinds;
  readonly inferenceCount: number;
  readonly outputLength: number;
}

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
  const hasStarted = performanceOrder.some((kind) => kinds.has(kind));
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
function orderProblem(reply: Reply, spoken: readonly Spoken[], question: Question): string {
  const { order } = question;
  const inOrder = order.every((kind, index) => spoken[index]?.message.kind === kind);
  const after = spoken[order.length]?.message.kind;
  const isAfterRight = after === undefined || after === 'results';
  if (!inOrder || !isAfterRight || spoken.length > order.length + 1) {
    return 'markers are missing or out of order';
  }
  if (!reply.isComplete && after === undefined) return 'no results';
  return hasCounts(reply.messages, question.inferenceCount) ? '' : 'other counts than asked';
}

type Interval = Omit<InferReading, 'kind' | 'values' | 'answeredAtNs'>;

/** Between the two laps; a timer of whole milliseconds may not see a short interval, and 0 is no duration. */
function lapInterval(spoken: readonly Spoken[]): Interval | undefined {
  const [first, second] = spoken.filter(({ message }) => message.kind === 'lap');
  if (first?.message.kind !== 'lap' || second?.message.kind !== 'lap') return undefined;
  const [startedAtNs, endedAtNs] = [first.atNs, second.atNs];
  const microseconds = lapMicroseconds(
    first.message.microseconds,
    second.message.microseconds,
    (endedAtNs - startedAtNs) / nsPerUs,
  );
  if (microseconds === undefined) return undefined;
  if (microseconds === 0) return { startedAtNs, endedAtNs };
  return { startedAtNs, endedAtNs, deviceDurationNs: microseconds * nsPerUs };
}

/** Between the two marks of an energy build, which has no timer in text. */
function markInterval(spoken: readonly Spoken[]): Interval | undefined {
  const start = spoken.find(({ message }) => message.kind === 'infer-start');
  const end = spoken.find(({ message }) => message.kind === 'infer-done');
  if (start === undefined || end === undefined) return undefined;
  return { startedAtNs: start.atNs, endedAtNs: end.atNs };
}

function readReply(
  reply: Reply,
  question: Question,
  intervalOf: (spoken: readonly Spoken[]) => Interval | undefined,
): InferReading | InferDamage {
  const spoken = spokenOf(reply);
  const problem = orderProblem(reply, spoken, question);
  if (problem !== '') return damageOf(reply, problem);
  const interval = intervalOf(spoken);
  if (interval === undefined) return damageOf(reply, 'the timer runs back');
  const results = spoken.find(({ message }) => message.kind === 'results');
  const values = results?.message.kind === 'results' ? results.message.values : undefined;
  if (results === undefined || values?.length !== question.outputLength) {
    return { kind: 'whole', ...interval, values: undefined };
  }
  return { kind: 'whole', ...interval, values, answeredAtNs: results.atNs };
}

/**
 * Reads the reply of a performance build to `infer N 0` (sheet 1.3). Debug lines may stand anywhere; each marker must
 * be there once, in order and with the counts that were asked for. A reply that lacks only its `m-ready` is whole. Pure.
 *
 * @param outputLength - values the model gives; a list of any other length is damaged
 */
export function readInferReply(
  reply: Reply,
  inferenceCount: number,
  outputLength: number,
): InferReading | InferDamage {
  const question = { order: performanceOrder, inferenceCount, outputLength };
  return readReply(reply, question, lapInterval);
}

/** The same of an energy build: no laps, the edges are the arrivals of `m-infer-start` and `m-infer-done`. Pure. */
export function readEnergyInferReply(
  reply: Reply,
  inferenceCount: number,
  outputLength: number,
): InferReading | InferDamage {
  const question = { order: energyOrder, inferenceCount, outputLength };
  return readReply(reply, question, markInterval);
}
