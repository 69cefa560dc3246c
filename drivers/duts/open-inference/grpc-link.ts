import { hasCode } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import {
  openGrpcClient,
  type GrpcAnswer,
  type GrpcClientOptions,
} from '../../transports/grpc/grpc-client.ts';
import { serverTimingNs } from './device-duration.ts';
import {
  decodeFlag,
  decodeInferReply,
  decodeModelMetadata,
  decodeServerMetadata,
  encodeInferRequest,
  encodeModelReference,
  grpcPaths,
  type ModelReference,
} from './grpc-messages.ts';
import type { InferReply } from './infer-reply.ts';
import type { InferenceLink } from './inference-link.ts';

/** The model and how long calls may take: the deadlines travel with them. */
export interface GrpcLinkOptions extends GrpcClientOptions {
  readonly model: ModelReference;
  readonly commandTimeoutMs: number;
  readonly inferTimeoutMs: number;
}

const nothing = new Uint8Array(0);

function parseReply(answer: GrpcAnswer): InferReply {
  const reply = decodeInferReply(answer.message);
  const timedNs = reply.deviceDurationNs ?? serverTimingNs(answer.metadata['server-timing']);
  return timedNs === undefined ? reply : { ...reply, deviceDurationNs: timedNs };
}

/** Whether the server says that it has no such model; some say it as a wrong argument. */
function isUnknownModel(error: unknown): boolean {
  return (
    hasCode(error, 'network/refused') &&
    ['NOT_FOUND', 'INVALID_ARGUMENT'].includes(String(error.details['status']))
  );
}

/** Over gRPC, tensors raw. */
export function openGrpcLink(options: GrpcLinkOptions, clock: Clock): InferenceLink {
  const { model, commandTimeoutMs, inferTimeoutMs } = options;
  const client = openGrpcClient(options, clock);
  const reference = encodeModelReference(model);
  let isWarm = false;

  const warm = async (signal: AbortSignal): Promise<void> => {
    await client.warm(signal);
    isWarm = true;
  };
  const ask = async (path: string, message: Uint8Array, signal: AbortSignal) => {
    if (!isWarm) await warm(signal);
    return client.unary({ path, message, timeoutMs: commandTimeoutMs, signal });
  };
  const flag = async (...asked: Parameters<typeof ask>): Promise<boolean> =>
    decodeFlag((await ask(...asked)).message);

  return {
    isReady: async (signal) =>
      (await flag(grpcPaths.serverLive, nothing, signal)) &&
      (await flag(grpcPaths.serverReady, nothing, signal)),
    isModelReady: async (signal) => {
      try {
        return await flag(grpcPaths.modelReady, reference, signal);
      } catch (error) {
        if (hasCode(error, 'network/refused')) return false;
        throw error;
      }
    },
    serverMetadata: async (signal) =>
      decodeServerMetadata((await ask(grpcPaths.serverMetadata, nothing, signal)).message),
    modelMetadata: async (signal) => {
      try {
        const { message } = await ask(grpcPaths.modelMetadata, reference, signal);
        return decodeModelMetadata(message);
      } catch (error) {
        if (isUnknownModel(error)) return undefined;
        throw error;
      }
    },
    warm,
    revive: () => Promise.resolve(), // the channels reconnect by themselves
    prepare: (plan, samples) => ({
      sampleCount: samples.length,
      body: encodeInferRequest(plan, model, samples),
      headers: {},
    }),
    infer: async ({ body: message }, signal) => {
      const path = grpcPaths.modelInfer;
      const answer = await client.unary({ path, message, timeoutMs: inferTimeoutMs, signal });
      return { completedAtNs: answer.completedAtNs, parse: () => parseReply(answer) };
    },
    counters: () => {
      const { callCount: requestCount, bytesSent, bytesReceived } = client.counters();
      return { requestCount, bytesSent, bytesReceived };
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
