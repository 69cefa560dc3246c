import { createParser } from 'eventsource-parser';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { readStreamEvent, type StreamEvent } from './stream-event.ts';

/** A streamed answer so far. */
export interface StreamedAnswer {
  readonly text: string;
  /** Text of the first event that has any, and the run-clock instant at which its bytes arrived. */
  readonly first: { readonly text: string; readonly atNs: number } | undefined;
  /** `stop`, `length`, …; undefined when the stream did not say. */
  readonly finishReason: string | undefined;
  /** Tokens as the server counts them. */
  readonly reportedCount: number | undefined;
  /** Time that the server says it worked. */
  readonly serverDurationNs: number | undefined;
  /** Whether the stream ended with `[DONE]`. */
  readonly isDone: boolean;
  readonly eventCount: number;
}

/** Reads one answer as it arrives. */
export interface AnswerReader {
  /**
   * Takes the next bytes, cut anywhere.
   *
   * @throws LabError network/server-error, network/malformed-answer
   */
  readonly take: (chunk: Uint8Array, arrivedAtNs: number) => void;
  /**
   * The answer, once the body has ended.
   *
   * @throws LabError as `take`; network/malformed-answer for a body without events, network/closed for one that stops
   * before the answer has ended
   */
  readonly end: () => StreamedAnswer;
}

/** Characters of a line or an event that has not ended. */
const pendingCharsMax = 1024 * 1024;
/** Characters of an answer; more is no answer to a question of ours. */
const textCharsMax = 4 * 1024 * 1024;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function malformed(url: string, what: string, details: Record<string, unknown> = {}): Error {
  return labError('network/malformed-answer', `${what}, from ${url}`, {
    details: { url, ...details },
  });
}

function addPart(
  answer: Writable<StreamedAnswer>,
  part: Extract<StreamEvent, { kind: 'part' }>,
  atNs: number,
): void {
  if (part.text !== '') {
    answer.first ??= { text: part.text, atNs };
    answer.text += part.text;
  }
  answer.finishReason = part.finishReason ?? answer.finishReason;
  answer.reportedCount = part.reportedCount ?? answer.reportedCount;
  answer.serverDurationNs = part.serverDurationNs ?? answer.serverDurationNs;
}

function checkEnded(answer: StreamedAnswer, url: string): void {
  const { eventCount, isDone, finishReason } = answer;
  if (eventCount === 0) throw malformed(url, 'the answer has no event in it');
  if (isDone || finishReason !== undefined) return;
  throw labError('network/closed', `the stream stopped in the middle of an answer, from ${url}`, {
    details: { url, eventCount, textLength: answer.text.length },
  });
}

/**
 * A reader of one event stream.
 *
 * @param url - for messages
 */
export function answerReader(url: string): AnswerReader {
  const decoder = new TextDecoder('utf-8');
  const answer: Writable<StreamedAnswer> = {
    text: '',
    first: undefined,
    finishReason: undefined,
    reportedCount: undefined,
    serverDurationNs: undefined,
    isDone: false,
    eventCount: 0,
  };
  let atNs = 0;
  let hasEnded = false;
  let fault: Error | undefined;

  const onEvent = ({ data }: { readonly data: string }): void => {
    if (answer.isDone || fault !== undefined) return;
    const event = readStreamEvent(data);
    if (event === undefined) {
      // The last event of a stream that was cut is half an event.
      if (!hasEnded)
        fault = malformed(url, 'an event is not of this protocol', { data: data.slice(0, 200) });
      return;
    }
    answer.eventCount += 1;
    if (event.kind === 'done') answer.isDone = true;
    else if (event.kind === 'error')
      fault = labError('network/server-error', `${url} says: ${event.message}`, {
        details: { url, textLength: answer.text.length },
      });
    else addPart(answer, event, atNs);
  };
  const parser = createParser({
    onEvent,
    // Other fields are let through, as the format wants; after this one the parser takes nothing more.
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') fault ??= malformed(url, 'an event is too long');
    },
    maxBufferSize: pendingCharsMax,
  });
  const feed = (text: string): void => {
    if (fault === undefined) parser.feed(text);
    if (answer.text.length > textCharsMax) fault ??= malformed(url, 'the answer is too long');
    if (fault !== undefined) throw fault;
  };

  return {
    take: (chunk, arrivedAtNs) => {
      atNs = arrivedAtNs;
      feed(decoder.decode(chunk, { stream: true }));
    },
    end: () => {
      hasEnded = true;
      // Servers exist that leave out the blank line behind the last event.
      feed(`${decoder.decode()}\n\n`);
      checkEnded(answer, url);
      return answer;
    },
  };
}
