import { Type, type Static, type TSchema } from 'typebox';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import {
  openHttpClient,
  type HttpAnswer,
  type HttpClientOptions,
} from '../../transports/http/http-client.ts';
import { serverTimingNs } from './device-duration.ts';
import {
  binaryExtension,
  decodeBinaryReply,
  encodeBinaryRequest,
  jsonLengthHeader,
} from './http-binary.ts';
import { decodeJson, encodeJsonRequest } from './http-json.ts';
import type { InferReply } from './infer-reply.ts';
import type { InferenceLink, PreparedRequest } from './inference-link.ts';
import type { InferencePlan } from './inference-plan.ts';
import {
  ModelMetadataSchema,
  ServerMetadataSchema,
  type ServerMetadata,
} from './model-metadata.ts';

/** The model and how its tensors travel. */
export interface HttpLinkOptions extends HttpClientOptions {
  readonly model: { readonly name: string; readonly version: string };
  readonly encoding: 'auto' | 'binary' | 'json';
}

const ErrorBodySchema = Type.Object({ error: Type.String() });
/** Of the server's words in a message. */
const wordsMax = 300;

/** The server's words: `error` of its JSON, or the start of its body. */
function serverWords(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 16_384));
  try {
    return decodeJson(ErrorBodySchema, body).error.slice(0, wordsMax);
  } catch {
    // A proxy between us answers in a form of its own.
    return text.slice(0, wordsMax);
  }
}

function statusError({ status, body }: HttpAnswer, path: string): LabError {
  const words = serverWords(body);
  const code = status >= 500 ? 'network/server-error' : 'network/refused';
  return labError(code, `${path} answered ${status}${words === '' ? '' : `: ${words}`}`, {
    details: { path, status, words },
  });
}

const hasSucceeded = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

function modelPath({ name, version }: HttpLinkOptions['model']): string {
  const suffix = version === '' ? '' : `/versions/${encodeURIComponent(version)}`;
  return `v2/models/${encodeURIComponent(name)}${suffix}`;
}

function read<Schema extends TSchema>(
  schema: Schema,
  answer: HttpAnswer,
  path: string,
): Static<Schema> {
  if (!hasSucceeded(answer)) throw statusError(answer, path);
  return decodeJson(schema, answer.body);
}

/** The request with its tensors raw, or in JSON. */
function prepared(
  plan: InferencePlan,
  samples: readonly Uint8Array[],
  isBinary: boolean,
): PreparedRequest {
  const sampleCount = samples.length;
  if (!isBinary) {
    const headers = { 'content-type': 'application/json' };
    return { sampleCount, body: encodeJsonRequest(plan, samples), headers };
  }
  const { body, jsonBytes } = encodeBinaryRequest(plan, samples);
  const headers = {
    'content-type': 'application/octet-stream',
    [jsonLengthHeader]: String(jsonBytes),
  };
  return { sampleCount, body, headers };
}

function parseReply(answer: HttpAnswer): InferReply {
  const reply = decodeBinaryReply(answer.body, answer.headers[jsonLengthHeader]);
  const timedNs = reply.deviceDurationNs ?? serverTimingNs(answer.headers['server-timing']);
  return timedNs === undefined ? reply : { ...reply, deviceDurationNs: timedNs };
}

/** Over HTTP; the server's extensions decide the encoding where the lab's file leaves it open. */
export function openHttpLink(options: HttpLinkOptions, clock: Clock): InferenceLink {
  const client = openHttpClient(options, clock);
  const model = modelPath(options.model);
  const inferPath = `${model}/infer`;
  let isBinary = options.encoding === 'binary';

  const get = (path: string, signal: AbortSignal): Promise<HttpAnswer> =>
    client.request({ method: 'GET', path, signal });
  const isYes = async (path: string, signal: AbortSignal): Promise<boolean> => {
    const answer = await get(path, signal);
    if (answer.status >= 500 && answer.status !== 503) throw statusError(answer, path);
    return hasSucceeded(answer);
  };
  const chooseEncoding = ({ extensions = [] }: ServerMetadata): void => {
    const hasExtension = extensions.includes(binaryExtension);
    if (options.encoding === 'auto') isBinary = hasExtension;
    else if (isBinary && !hasExtension) {
      const message = `the server does not list ${binaryExtension}: set encoding to json or auto`;
      throw labError('dut/unsupported', message, { details: { extensions } });
    }
  };

  return {
    isReady: async (signal) =>
      (await isYes('v2/health/live', signal)) && (await isYes('v2/health/ready', signal)),
    isModelReady: (signal) => isYes(`${model}/ready`, signal),
    serverMetadata: async (signal) => {
      const metadata = read(ServerMetadataSchema, await get('v2', signal), 'v2');
      chooseEncoding(metadata);
      return metadata;
    },
    modelMetadata: async (signal) => {
      const answer = await get(model, signal);
      // Servers say either to a name that they do not know.
      if (answer.status === 404 || answer.status === 400) return undefined;
      return read(ModelMetadataSchema, answer, model);
    },
    warm: (signal) =>
      client.warm({ path: 'v2/health/live', connectionCount: options.connectionCountMax, signal }),
    revive: async (signal) => {
      if (client.connectedCount() > 0) return;
      await client.warm({ path: 'v2/health/live', connectionCount: 1, signal });
    },
    prepare: (plan, samples) => prepared(plan, samples, isBinary),
    infer: async ({ body, headers }, signal) => {
      const answer = await client.request({
        method: 'POST',
        path: inferPath,
        headers,
        body,
        signal,
      });
      if (!hasSucceeded(answer)) throw statusError(answer, inferPath);
      return { completedAtNs: answer.completedAtNs, parse: () => parseReply(answer) };
    },
    counters: client.counters,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
