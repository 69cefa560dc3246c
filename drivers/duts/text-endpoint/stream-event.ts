import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Servers send null where others leave a field out. */
const nullable = <T extends TSchema>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));

const Milliseconds = Type.Number({ minimum: 0 });

/** An event of either call; what is not listed is let through unread. */
const EventSchema = Type.Object({
  error: Type.Optional(Type.Unknown()),
  choices: nullable(
    Type.Array(
      Type.Object({
        index: Type.Optional(Type.Integer()),
        delta: nullable(Type.Object({ content: nullable(Type.String()) })),
        text: nullable(Type.String()),
        finish_reason: nullable(Type.String()),
      }),
    ),
  ),
  usage: nullable(Type.Object({ completion_tokens: Type.Integer({ minimum: 0 }) })),
  timings: nullable(
    Type.Object({
      prompt_ms: Type.Optional(Milliseconds),
      predicted_ms: Type.Optional(Milliseconds),
    }),
  ),
});
type EventJson = Static<typeof EventSchema>;
const eventCheck = Compile(EventSchema);

/** One event of an answer. */
export type StreamEvent =
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly message: string }
  | {
      readonly kind: 'part';
      /** Empty in the event that carries the role, the end or the counts. */
      readonly text: string;
      readonly finishReason?: string;
      /** Tokens of the answer, as the server counts them. */
      readonly reportedCount?: number;
      /** Time that the server says it worked, nanoseconds. */
      readonly serverDurationNs?: number;
    };

const messageLengthMax = 400;

/** The server's words of an error object, however it is built. */
export function errorMessage(error: unknown): string {
  if (typeof error === 'string') return error.slice(0, messageLengthMax);
  if (typeof error === 'object' && error !== null) {
    if ('error' in error && error.error !== undefined) return errorMessage(error.error);
    if ('message' in error && typeof error.message === 'string')
      return error.message.slice(0, messageLengthMax);
    if ('detail' in error && typeof error.detail === 'string')
      return error.detail.slice(0, messageLengthMax);
  }
  return (JSON.stringify(error) ?? 'no words').slice(0, messageLengthMax);
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    // Text that is no JSON is told apart by its type.
    return undefined;
  }
}

/** What the first choice says; others are not asked for. */
function choiceParts({ choices }: EventJson): { text: string; finishReason?: string } {
  const choice = choices?.find(({ index = 0 }) => index === 0);
  if (choice === undefined) return { text: '' };
  const text = choice.delta?.content ?? choice.text ?? '';
  const finishReason = choice.finish_reason ?? undefined;
  return finishReason === undefined ? { text } : { text, finishReason };
}

function serverTime({ timings }: EventJson): { serverDurationNs?: number } {
  const { prompt_ms: promptMs = 0, predicted_ms: predictedMs = 0 } = timings ?? {};
  const workedMs = promptMs + predictedMs;
  return workedMs > 0 ? { serverDurationNs: Math.round(workedMs * 1e6) } : {};
}

/**
 * Reads the data of one event.
 *
 * @returns undefined when it is none of this protocol
 */
export function readStreamEvent(data: string): StreamEvent | undefined {
  if (data.trim() === '[DONE]') return { kind: 'done' };
  const json = parseJson(data);
  if (!eventCheck.Check(json)) return undefined;
  if (json.error !== undefined && json.error !== null)
    return { kind: 'error', message: errorMessage(json.error) };
  const reportedCount = json.usage?.completion_tokens;
  return {
    kind: 'part',
    ...choiceParts(json),
    ...(reportedCount === undefined ? {} : { reportedCount }),
    ...serverTime(json),
  };
}
