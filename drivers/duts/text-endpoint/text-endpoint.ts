import { defineDutDriver, type DutDriver } from '#harness/contracts/define-driver.ts';
import type { Dut, DutContext, InferenceAnswer, InferenceWindow } from '#harness/contracts/dut.ts';
import type { LinkCounters } from '#harness/contracts/records/run-record.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { openHttpClient } from '../../transports/http/http-client.ts';
import { answerNotes } from './answer-notes.ts';
import { ask, bodyOf, prepareTools } from './ask.ts';
import { readCredentials } from './credentials.ts';
import { checkCounts, type EndpointSession } from './endpoint-session.ts';
import { awaitServer, identify, listModels } from './identify.ts';
import {
  serverUrl,
  TextEndpointConfigSchema,
  textEndpointSettings,
  type TextEndpointConfig,
} from './text-endpoint-config.ts';

/** An event stream of a whole answer; more is none. */
const bodyBytesMax = 16 * 1024 * 1024;

function linkCounters({ client, malformedCount }: EndpointSession): LinkCounters {
  const { requestCount, bytesSent, bytesReceived } = client.counters();
  return {
    bytesSent,
    bytesReceived,
    commandCount: requestCount,
    retryCount: 0,
    resyncCount: 0,
    garbledReplyCount: malformedCount,
  };
}

/** Counts and logs what the answers so far gave reason to; no query is under way. */
function settle(session: EndpointSession, isEnd: boolean): void {
  checkCounts(session);
  session.notes.log(isEnd);
}

async function inferMany(
  session: EndpointSession,
  inferenceCount: number,
  signal: AbortSignal,
): Promise<InferenceWindow> {
  const body = assertDefined(session.loadedBody, 'a sample is loaded before an inference');
  const { clock } = session.context;
  const startedAtNs = clock.nowNs();
  for (let done = 0; done < inferenceCount; done += 1) await ask(session, body, signal);
  return { inferenceCount, startedAtNs, endedAtNs: clock.nowNs() };
}

async function inferOf(
  session: EndpointSession,
  samples: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<readonly InferenceAnswer[]> {
  const [sample] = samples;
  assert(samples.length === 1 && sample !== undefined, 'one prompt goes into one request');
  if (session.tools === undefined) await prepareTools(session);
  return [await ask(session, bodyOf(session, sample), signal)];
}

function textDut(session: EndpointSession): Dut {
  const { client, settings, context } = session;
  return {
    identify: async (signal) => {
      if (context.deployment !== undefined) await prepareTools(session);
      return identify(session, signal);
    },
    awaitBoot: (signal) => awaitServer(session, signal),
    load: async (sample, signal) => {
      signal.throwIfAborted();
      settle(session, false);
      await prepareTools(session);
      session.loadedBody = bodyOf(session, sample);
    },
    infer: (signal) =>
      ask(session, assertDefined(session.loadedBody, 'a sample is loaded first'), signal),
    inferWindow: (inferenceCount, signal) => inferMany(session, inferenceCount, signal),
    concurrent: {
      inFlightCountMax: settings.connectionCount,
      batchSizeMax: 1,
      infer: (samples, signal) => inferOf(session, samples, signal),
    },
    counters: () => linkCounters(session),
    release: async (signal) => {
      settle(session, true);
      await listModels(session, signal);
    },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
    },
  };
}

async function openTextEndpoint(config: TextEndpointConfig, context: DutContext): Promise<Dut> {
  const settings = textEndpointSettings(config);
  const credentials = await readCredentials(config);
  const client = openHttpClient(
    {
      baseUrl: settings.url,
      connectionCountMax: settings.connectionCount,
      connectTimeoutMs: settings.connectTimeoutMs,
      bodyBytesMax,
      ...credentials,
    },
    context.clock,
  );
  return textDut({
    client,
    settings,
    context,
    notes: answerNotes(context.boardId, context.log),
    unchecked: [],
    servedModel: undefined,
    tools: undefined,
    loadedBody: undefined,
    malformedCount: 0,
  });
}

/** A language model behind an OpenAI-style endpoint that streams its answers; see README. */
export const textEndpoint: DutDriver = defineDutDriver({
  id: 'dut/text-endpoint',
  config: TextEndpointConfigSchema,
  resources: ({ url }) => [serverUrl(url)],
  open: (config, context) => openTextEndpoint(config, context),
});
