import {
  Server,
  ServerCredentials,
  status,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { expect, test } from 'vitest';

import { systemClock } from '#harness/kernel/system-clock.ts';

import { openGrpcClient, type GrpcClient } from './grpc-client.ts';

const clock = systemClock();
const inTime = (): AbortSignal => AbortSignal.timeout(10_000);
const path = '/test.Echo/Say';
const asIs = (bytes: Buffer): Buffer => bytes;

type Call = ServerUnaryCall<Buffer, Buffer>;
type Answer = sendUnaryData<Buffer>;

/** A server with one method whose messages are plain bytes. */
async function serve(
  handle: (call: Call, answer: Answer) => void,
): Promise<{ readonly client: GrpcClient; readonly server: Server } & AsyncDisposable> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(
    {
      say: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    { say: handle },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = openGrpcClient(
    { url: `grpc://127.0.0.1:${port}`, connectionCount: 2, bearerToken: 'secret' },
    clock,
  );
  return {
    client,
    server,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      server.forceShutdown();
    },
  };
}

test('a message of 8 MiB goes there and back, with token and deadline', async () => {
  let deadlineMs = Number.POSITIVE_INFINITY;
  let token: unknown;
  await using serving = await serve((call, answer) => {
    deadlineMs = Number(call.getDeadline()) - Date.now();
    token = call.metadata.get('authorization')[0];
    answer(null, call.request);
  });
  await serving.client.warm(inTime());
  const message = Buffer.alloc(8 * 1024 * 1024, 7);
  const call = { path, message, timeoutMs: 9_000, signal: inTime() };
  const before = clock.nowNs();
  const answer = await serving.client.unary(call);
  expect(Buffer.compare(Buffer.from(answer.message), message)).toBe(0);
  expect(answer.completedAtNs).toBeGreaterThan(before);
  expect(deadlineMs).toBeGreaterThan(0);
  expect(deadlineMs).toBeLessThanOrEqual(9_000);
  expect(token).toBe('Bearer secret');
  expect(serving.client.counters()).toEqual({
    callCount: 1,
    bytesSent: message.length,
    bytesReceived: message.length,
  });
});

test.each([
  [status.NOT_FOUND, 'network/refused'],
  [status.INVALID_ARGUMENT, 'network/refused'],
  [status.UNAUTHENTICATED, 'network/refused'],
  [status.INTERNAL, 'network/server-error'],
  [status.RESOURCE_EXHAUSTED, 'network/server-error'],
  [status.UNKNOWN, 'network/server-error'],
  [status.UNAVAILABLE, 'network/server-error'],
])('status %i of the server is %s, with its words', async (code, expected) => {
  await using serving = await serve((_, answer) => answer({ code, details: 'because' }));
  const call = { path, message: new Uint8Array(1), timeoutMs: 9_000, signal: inTime() };
  await expect(serving.client.unary(call)).rejects.toMatchObject({
    code: expected,
    details: { text: 'because' },
  });
});

test('a deadline that passes is a timeout; an abort rejects with its reason', async () => {
  await using serving = await serve(() => undefined);
  const call = { path, message: new Uint8Array(1) };
  await expect(
    serving.client.unary({ ...call, timeoutMs: 200, signal: inTime() }),
  ).rejects.toMatchObject({ code: 'dut/timeout' });
  const stop = new AbortController();
  const asked = serving.client.unary({ ...call, timeoutMs: 9_000, signal: stop.signal });
  stop.abort(new Error('not now'));
  await expect(asked).rejects.toThrow('not now');
});

test('a server that ends in the middle of a call is unreachable afterwards', async () => {
  await using serving = await serve(() => serving.server.forceShutdown());
  const call = { path, message: new Uint8Array(1), timeoutMs: 9_000, signal: inTime() };
  await expect(serving.client.unary(call)).rejects.toMatchObject({ code: 'network/unreachable' });
  await expect(serving.client.warm(inTime())).rejects.toMatchObject({
    code: 'network/unreachable',
  });
});
