import type { InferenceAnswer } from '#harness/contracts/dut.ts';
import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { answerReader, type StreamedAnswer } from './answer-reader.ts';
import { openTokenCounter } from './answer-tokens.ts';
import { checkStatus } from './check-status.ts';
import { checkCounts, timed, type EndpointSession, type TextTools } from './endpoint-session.ts';
import { requestBody, requestPath } from './prompt-request.ts';
import { statedClassFinder } from './stated-class.ts';
import { tokenAnswer } from './token-answer.ts';

const headers = { 'content-type': 'application/json', accept: 'text/event-stream' } as const;
/** Answers that wait for a moment in which their tokens may be counted. */
const uncheckedCountMax = 1024;

/**
 * Opens the tokenizer at the first call.
 *
 * @throws LabError dut/unsupported for a suite whose answers are no text; suite/model-missing, suite/model-hash-mismatch,
 * suite/model-unusable
 */
export async function prepareTools(session: EndpointSession): Promise<TextTools> {
  if (session.tools !== undefined) return session.tools;
  const { boardId, deployment } = session.context;
  const { text, outputLength, boardModel } = assertDefined(deployment, 'a run names its model');
  if (text === undefined) {
    const message = `board ${boardId} answers in text, and the model ${boardModel} does not`;
    throw labError('dut/unsupported', message, { details: { boardId, boardModel } });
  }
  const count = await openTokenCounter(text);
  session.tools = { text, outputLength, count, statedClass: statedClassFinder(text.classNames) };
  return session.tools;
}

/** The request for one sample, ready to be sent. */
export function bodyOf(session: EndpointSession, sample: Uint8Array): Uint8Array {
  const { settings, context, servedModel, tools } = session;
  const { api, extraFields, model } = settings;
  const boardModel = context.deployment?.boardModel ?? '';
  const { text } = assertDefined(tools, 'the tools were prepared before');
  return requestBody(sample, {
    api,
    extraFields,
    model: model ?? servedModel ?? boardModel,
    maxTokens: text.maxTokens,
  });
}

async function stream(
  session: EndpointSession,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<StreamedAnswer> {
  const { client, settings } = session;
  const { url, api } = settings;
  const reader = answerReader(url);
  const path = requestPath(api);
  const onBytes = reader.take;
  const answer = await client.request({ method: 'POST', path, headers, body, signal, onBytes });
  checkStatus(answer, url);
  const type = answer.headers['content-type'] ?? '';
  if (!type.toLowerCase().startsWith('text/event-stream'))
    throw labError('network/malformed-answer', `${url} answers '${type}' and no event stream`, {
      details: { url, contentType: type },
    });
  return reader.end();
}

function noteForm({ notes }: EndpointSession, answer: StreamedAnswer): void {
  const { text, finishReason, isDone, reportedCount } = answer;
  if (text === '') notes.add('empty', { finishReason });
  if (finishReason === 'length') notes.add('cut-at-limit', { textLength: text.length });
  if (!isDone) notes.add('no-done');
  if (reportedCount === undefined) notes.add('no-usage');
}

function answerOf(session: EndpointSession, streamed: StreamedAnswer): InferenceAnswer {
  const { statedClass, outputLength, count } = assertDefined(session.tools, 'prepared before');
  const { text, first, serverDurationNs } = streamed;
  noteForm(session, streamed);
  const output = new Float32Array(outputLength);
  const place = statedClass(text);
  if (place !== undefined) output[place] = 1;
  else if (text !== '') session.notes.add('no-class', { text: text.slice(0, 80) });
  const told = serverDurationNs === undefined ? {} : { deviceDurationNs: serverDurationNs };
  if (first === undefined) return { output, ...told };
  const { usageTolerance } = session.settings;
  const counted = tokenAnswer({ ...streamed, first }, { count, usageTolerance });
  if (session.unchecked.length >= uncheckedCountMax) checkCounts(session);
  session.unchecked.push(counted);
  return { output, ...told, tokens: counted.tokens };
}

/**
 * Sends one prepared request and reads its stream to the end.
 *
 * @throws LabError network/*, dut/timeout · the signal's reason
 */
export async function ask(
  session: EndpointSession,
  body: Uint8Array,
  caller: AbortSignal,
): Promise<InferenceAnswer> {
  const limits = { timeoutMs: session.settings.answerTimeoutMs, signal: caller };
  try {
    const streamed = await timed(session, limits, (signal) => stream(session, body, signal));
    return answerOf(session, streamed);
  } catch (error) {
    if (hasCode(error, 'network/malformed-answer')) session.malformedCount += 1;
    throw error;
  }
}
