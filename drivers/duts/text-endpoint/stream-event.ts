import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Servers send null where others leave a field out. */
const nullable = <T extends TSchema>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()]));

const Milliseconds = Type.Number({ minimum: 0 });

/** An event of either call; what is not listed is let through unread. */
const EventCheck = Compile(
  Type.Object({
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
  }),
);

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

/**
 * Reads the data of one event.
 *
 * @returns undefined when it is none of this protocol
 */
export function readStreamEvent(data: string): StreamEvent | undefined {
  if (data.trim() === '[DONE]') return { kind: 'done' };
  const json = parseJson(data);
  if (!EventCheck.Check(json)) return undefined;
  if (json.error !== undefined && json.error !== null)
    return { kind: 'error', message: errorMessage(json.error) };
  const choice = json.choices?.find(({ index = 0 }) => index === 0);
  const finishReason = choice?.finish_reason ?? undefined;
  const { timings } = json;
  const reportedCount = json.usage?.completion_tokens;
  const serverMs = (timings?.prompt_ms ?? 0) + (timings?.predicted_ms ?? 0);
  return {
    kind: 'part',
    text: choice?.delta?.content ?? choice?.text ?? '',
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(reportedCount === undefined ? {} : { reportedCount }),
    ...(serverMs > 0 ? { serverDurationNs: Math.round(serverMs * 1e6) } : {}),
  };
}
