import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';

import { expect, test } from 'vitest';

import { systemClock } from '#harness/kernel/system-clock.ts';

import { openHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts';

const clock = systemClock();
const inTime = (): AbortSignal => AbortSignal.timeout(10_000);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

interface Serving extends AsyncDisposable {
  readonly client: HttpClient;
  readonly sockets: readonly Socket[];
}

async function serve(
  listener: RequestListener,
  options: Partial<HttpClientOptions> = {},
): Promise<Serving> {
  const sockets: Socket[] = [];
  const server = createServer(listener).on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const baseUrl = `http://127.0.0.1:${address.port}/prefix/`;
  const client = openHttpClient({ baseUrl, connectionCountMax: 4, ...options }, clock);
  return {
    client,
    sockets,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('a request carries its path under the prefix, its headers, its token and its bytes', async () => {
  await using serving = await serve(
    (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.once('end', () => {
        const { method, url, headers } = request;
        const body = Buffer.concat(parts).toString('hex');
        const seen = { method, url, body, own: headers['x-own'], token: headers.authorization };
        response.writeHead(201, { 'X-Answer': 'yes' }).end(JSON.stringify(seen));
      });
    },
    { bearerToken: 'secret' },
  );
  const before = clock.nowNs();
  const answer = await serving.client.request({
    method: 'POST',
    path: '/v2/x',
    headers: { 'x-own': 'me' },
    body: Uint8Array.of(0, 255, 10),
    signal: inTime(),
  });
  expect(answer.status).toBe(201);
  expect(answer.headers['x-answer']).toBe('yes');
  expect(answer.completedAtNs).toBeGreaterThan(before);
  expect(answer.completedAtNs).toBeLessThan(clock.nowNs());
  expect(JSON.parse(text(answer.body))).toEqual({
    method: 'POST',
    url: '/prefix/v2/x',
    body: '00ff0a',
    own: 'me',
    token: 'Bearer secret',
  });
  expect(serving.client.counters()).toEqual({
    requestCount: 1,
    bytesSent: 3,
    bytesReceived: answer.body.length,
  });
});

test('warming opens every connection, and 40 requests later there are no more', async () => {
  await using serving = await serve((_, response) => {
    response.end('ok');
  });
  const { client, sockets } = serving;
  await client.warm({ path: 'live', connectionCount: 4, signal: inTime() });
  expect(client.connectedCount()).toBe(4);
  for (let round = 0; round < 10; round += 1) {
    const ask = () => client.request({ method: 'GET', path: 'x', signal: inTime() });
    await Promise.all([ask(), ask(), ask(), ask()]);
  }
  expect(sockets).toHaveLength(4);
});

test('a stream is handed on piece by piece with instants that never go back', async () => {
  const { promise: seen, resolve: onSeen } = Promise.withResolvers<void>();
  await using serving = await serve((_, response) => {
    response.writeHead(200);
    response.write('data: 1\n\n');
    // The second piece leaves only when the first was taken.
    void seen.then(() => response.end('data: 2\n\n'));
  });
  const pieces: string[] = [];
  const stamps: number[] = [];
  const { body, completedAtNs } = await serving.client.request({
    method: 'GET',
    path: 'stream',
    signal: inTime(),
    onBytes: (chunk, arrivedAtNs) => {
      pieces.push(text(chunk));
      stamps.push(arrivedAtNs);
      onSeen();
    },
  });
  expect(pieces.join('')).toBe('data: 1\n\ndata: 2\n\n');
  expect(body).toHaveLength(0);
  expect([...stamps, completedAtNs]).toEqual([...stamps, completedAtNs].toSorted((a, b) => a - b));
});

test('an error answer to a streaming request comes whole', async () => {
  await using serving = await serve((_, response) => {
    response.writeHead(429).end('{"error":"busy"}');
  });
  const answer = await serving.client.request({
    method: 'GET',
    path: 'x',
    signal: inTime(),
    onBytes: () => expect.unreachable(),
  });
  expect([answer.status, text(answer.body)]).toEqual([429, '{"error":"busy"}']);
});

test('a body longer than the limit, and a listener that throws, end the exchange', async () => {
  await using serving = await serve(
    (_, response) => {
      response.end(Buffer.alloc(200_000));
    },
    { bodyBytesMax: 100_000 },
  );
  const ask = { method: 'GET', path: 'x' } as const;
  await expect(serving.client.request({ ...ask, signal: inTime() })).rejects.toMatchObject({
    code: 'network/malformed-answer',
  });
  const onBytes = (): void => {
    throw new Error('enough');
  };
  await expect(serving.client.request({ ...ask, signal: inTime(), onBytes })).rejects.toThrow(
    'enough',
  );
});

test('an abort in the middle of a body rejects with its reason and closes the connection', async () => {
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  await using serving = await serve((request, response) => {
    request.socket.once('close', onClosed);
    response.writeHead(200).write('half');
  });
  const stop = new AbortController();
  const asked = serving.client.request({
    method: 'GET',
    path: 'x',
    signal: stop.signal,
    onBytes: () => stop.abort(new Error('not now')),
  });
  await expect(asked).rejects.toThrow('not now');
  await closed;
  const aborted = AbortSignal.abort(new Error('never'));
  await expect(
    serving.client.request({ method: 'GET', path: 'x', signal: aborted }),
  ).rejects.toThrow('never');
});

test('requests beyond the connections wait for one, and end by their signal all the same', async () => {
  await using serving = await serve(() => undefined, { connectionCountMax: 1 });
  const first = serving.client.request({
    method: 'GET',
    path: 'x',
    signal: AbortSignal.timeout(300),
  });
  const second = serving.client.request({
    method: 'GET',
    path: 'x',
    signal: AbortSignal.timeout(100),
  });
  await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(first).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(serving.sockets).toHaveLength(1);
});

test('how far the answer had come stands in the error', async () => {
  await using serving = await serve((request, response) => {
    if (request.url === '/prefix/none') request.socket.destroy();
    else {
      response.writeHead(200, { 'content-length': '10' });
      response.write('four', () => request.socket.end());
    }
  });
  const ask = (path: string) => serving.client.request({ method: 'GET', path, signal: inTime() });
  await expect(ask('none')).rejects.toMatchObject({
    code: 'network/closed',
    details: { answerBytes: null },
  });
  await expect(ask('some')).rejects.toMatchObject({
    code: 'network/closed',
    details: { answerBytes: 4 },
  });
});

test('a port where nobody listens, and a name that does not exist, are unreachable', async () => {
  for (const baseUrl of ['http://127.0.0.1:1', 'http://no-such-host.invalid:80']) {
    await using client = openHttpClient({ baseUrl, connectionCountMax: 1 }, clock);
    await expect(
      client.request({ method: 'GET', path: 'x', signal: inTime() }),
    ).rejects.toMatchObject({ code: 'network/unreachable' });
  }
});
