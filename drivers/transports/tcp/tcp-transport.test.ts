import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ByteTransport } from '#harness/contracts/transport.ts';

import { openTcpTransport, type TcpOptions } from './tcp-transport.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);
const host = '127.0.0.1';

interface Serving extends AsyncDisposable {
  readonly port: number;
}

async function serve(server: Server): Promise<Serving> {
  const sockets = new Set<Socket>();
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
  }
  server.on('tlsClientError', () => undefined);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, host, resolve);
  await promise;
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

const serveTcp = (onSocket: (socket: Socket) => void): Promise<Serving> =>
  serve(createServer(onSocket));
const serveTls = (options: TlsOptions, onSocket: (socket: Socket) => void): Promise<Serving> =>
  serve(createTlsServer(options, onSocket));
const echo = (socket: Socket): void => {
  socket.pipe(socket);
};

/** Resolves with the first bytes, as text. */
async function received(transport: ByteTransport, byteCount: number): Promise<string> {
  let text = '';
  const { promise, resolve } = Promise.withResolvers<string>();
  const end = transport.onBytes((chunk) => {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length >= byteCount) resolve(text);
  });
  const all = await promise;
  end();
  return all;
}

const open = (options: Omit<TcpOptions, 'host'>): Promise<ByteTransport> =>
  openTcpTransport({ host, ...options }, inTime());

describe('the TCP transport', () => {
  it('carries bytes both ways', async () => {
    await using server = await serveTcp(echo);
    await using transport = await open({ port: server.port });
    const back = received(transport, 5);
    await transport.write(Buffer.from('hello'), inTime());
    expect(await back).toBe('hello');
    expect(transport.path).toBe(`127.0.0.1:${server.port}`);
  });

  it('counts a half-closed connection as unplugged, and refuses writes from then on', async () => {
    await using server = await serveTcp((socket) => socket.end());
    await using transport = await open({ port: server.port });
    expect(await transport.ended).toMatchObject({
      reason: 'unplugged',
      cause: { code: 'network/closed' },
    });
    const late = transport.write(Buffer.from('x'), inTime());
    await expect(late).rejects.toMatchObject({ code: 'network/closed' });
  });

  it('rejects a write that waits when the connection breaks', async () => {
    const accepted = Promise.withResolvers<Socket>();
    await using server = await serveTcp((socket) => {
      socket.pause();
      accepted.resolve(socket);
    });
    await using transport = await open({ port: server.port });
    const pending = transport.write(new Uint8Array(1 << 26), inTime());
    (await accepted.promise).resetAndDestroy();
    await expect(pending).rejects.toMatchObject({ code: 'network/closed' });
  });

  it('ends a write that waits when its signal aborts', async () => {
    await using server = await serveTcp((socket) => socket.pause());
    await using transport = await open({ port: server.port });
    const cancelled = new AbortController();
    const pending = transport.write(new Uint8Array(1 << 26), cancelled.signal);
    cancelled.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });

  it('ends as closed when we close it, twice without harm', async () => {
    await using server = await serveTcp(echo);
    const transport = await open({ port: server.port });
    await transport[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
    expect((await transport.ended).reason).toBe('closed');
  });

  it('is refused as network/unreachable where nobody listens', async () => {
    let port = 0;
    {
      await using server = await serveTcp(echo);
      port = server.port;
    }
    await expect(open({ port })).rejects.toMatchObject({ code: 'network/unreachable' });
  });

  it('gives up with the reason of its signal', async () => {
    const aborted = AbortSignal.abort(new Error('stop'));
    await expect(openTcpTransport({ host, port: 1 }, aborted)).rejects.toThrow('stop');
  });
});

describe('the TCP transport with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): unknown =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const certificate = (name: string, subject: string): void => {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-subj',
      `/CN=${subject}`,
      '-out',
      `${name}.csr`,
    );
    writeFileSync(file('ext'), `subjectAltName=DNS:${subject}`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'ext',
      '-out',
      `${name}.pem`,
    );
  };
  const serverFiles = (): TlsOptions => ({
    key: readFileSync(file('server.key')),
    cert: readFileSync(file('server.pem')),
  });
  const mutual = (): TlsOptions => ({
    ...serverFiles(),
    ca: readFileSync(file('ca.pem')),
    requestCert: true,
    rejectUnauthorized: true,
  });

  beforeAll(() => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-subj',
      '/CN=lab',
      '-days',
      '2',
      '-out',
      'ca.pem',
    );
    certificate('server', 'board.lab');
    certificate('client', 'daemon.lab');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const trusting = { caFile: file('ca.pem'), serverName: 'board.lab' };
  const known = {
    ...trusting,
    certificateFile: file('client.pem'),
    keyFile: file('client.key'),
  };

  it('carries bytes when both sides know each other', async () => {
    await using server = await serveTls(mutual(), echo);
    await using transport = await open({ port: server.port, tls: known });
    const back = received(transport, 5);
    await transport.write(Buffer.from('hello'), inTime());
    expect(await back).toBe('hello');
  });

  it('ends as network/tls-failed when the server wants a certificate that we have not', async () => {
    await using server = await serveTls(mutual(), echo);
    await using transport = await open({ port: server.port, tls: trusting });
    expect(await transport.ended).toMatchObject({ cause: { code: 'network/tls-failed' } });
  });

  it.each([
    ['a certificate of somebody else', { caFile: file('server.pem'), serverName: 'board.lab' }],
    ['another name', { caFile: file('ca.pem'), serverName: 'other.lab' }],
    ['no file', { caFile: file('absent.pem') }],
  ])('is refused as network/tls-failed with %s', async (_, tls) => {
    await using server = await serveTls(serverFiles(), echo);
    const opening = open({ port: server.port, tls });
    await expect(opening).rejects.toMatchObject({ code: 'network/tls-failed' });
  });

  it('is refused as network/tls-failed by a server that closes, or says nothing', async () => {
    await using closing = await serveTcp((socket) => socket.end());
    const closed = open({ port: closing.port, tls: trusting });
    await expect(closed).rejects.toMatchObject({ code: 'network/tls-failed' });
    await using silent = await serveTcp(() => undefined);
    const waiting = open({ port: silent.port, tls: trusting, connectTimeoutMs: 100 });
    await expect(waiting).rejects.toMatchObject({ code: 'network/tls-failed' });
  });
});
