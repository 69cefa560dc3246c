import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import {
  selfSigned,
  startServer,
  type ServerChild,
} from '#fixtures/boards/inference-server/testing/server-child.ts';
import { requestJsonLine } from '#fixtures/pseudo-terminal/json-line-socket.ts';
import { temporaryFolder } from '#fixtures/pseudo-terminal/testing/simulator-child.ts';
import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';

import { openInference } from './open-inference.ts';
import {
  configOf,
  keywordContext,
  keywordSample,
  openServerDut,
  ways,
  type Way,
} from './testing/server-dut.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(20_000);

const everyWay = (code: ErrorCode): Record<Way, ErrorCode> => ({
  'http-json': code,
  'http-binary': code,
  grpc: code,
});

/** What each fault of the simulator must end as. */
const faultCodes: Readonly<Record<string, Record<Way, ErrorCode>>> = {
  'server-error': everyWay('network/server-error'),
  'truncate-body': { ...everyWay('network/closed'), grpc: 'network/malformed-answer' },
  'short-body': everyWay('network/malformed-answer'),
  'half-close': everyWay('network/closed'),
  'hang-up': everyWay('network/closed'),
  'wrong-shape': everyWay('network/wrong-shape'),
  'wrong-dtype': everyWay('network/wrong-shape'),
  'wrong-model-name': everyWay('network/malformed-answer'),
  'not-finite': everyWay('network/not-finite'),
  hang: everyWay('dut/timeout'),
  'slow:3000': everyWay('dut/timeout'),
};

describe.each(ways)('over %s, a server that goes wrong', (way) => {
  const stack = new AsyncDisposableStack();
  let server: ServerChild;
  let probeSocket = '';

  beforeAll(async () => {
    const folder = stack.use(await temporaryFolder());
    probeSocket = join(folder.path, 'probe.sock');
    server = stack.use(await startServer(['--probe', probeSocket]));
    return () => stack.disposeAsync();
  });

  const tell = (message: object): Promise<unknown> =>
    requestJsonLine({ socketPath: probeSocket, message, timeoutMs: 5_000 });

  it.each(Object.keys(faultCodes))('%s ends with its code and gives no number', async (fault) => {
    const code = faultCodes[fault]?.[way];
    const inferTimeoutMs = /^(?:hang$|slow)/.test(fault) ? 300 : 10_000;
    await tell({ do: 'clear-faults' });
    await tell({ do: 'fault', fault });
    const config = { ...configOf(way, server), inferTimeoutMs };
    await using dut = await openInference.open(config, keywordContext, inTime());
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    await expect(dut.infer(inTime())).rejects.toMatchObject({ code });
    await expect(dut.inferWindow(3, inTime())).rejects.toMatchObject({ code });
    await expect(dut.concurrent?.infer([keywordSample], inTime())).rejects.toMatchObject({ code });
    await dut.release(inTime());
    await tell({ do: 'clear-faults' });
    await using next = await openInference.open(config, keywordContext, inTime());
    await next.identify(inTime());
    await next.load(keywordSample, inTime());
    expect((await next.infer(AbortSignal.timeout(10_000))).output).toHaveLength(12);
  });

  it('a fault at every 2nd inference fails that one and no other, with the same answers', async () => {
    await using opened = await openServerDut(way, { server: ['--fault', 'server-error:2'] });
    const { dut } = opened;
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    const first = await dut.infer(inTime());
    await expect(dut.infer(inTime())).rejects.toMatchObject({ code: 'network/server-error' });
    expect((await dut.infer(inTime())).output).toEqual(first.output);
  });

  it('a connection that closes before any answer costs one retry, which is counted', async () => {
    await using opened = await openServerDut(way, { server: ['--fault', 'hang-up:2'] });
    const { dut } = opened;
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    const first = await dut.infer(inTime());
    expect((await dut.infer(inTime())).output).toEqual(first.output);
    expect(dut.counters().retryCount).toBe(1);
  });

  it('a model that is unloaded in the middle is refused, and missing afterwards', async () => {
    await using opened = await openServerDut(way, { server: ['--fault', 'unload:2'] });
    const { dut } = opened;
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    await dut.infer(inTime());
    await dut.infer(inTime());
    await expect(dut.infer(inTime())).rejects.toMatchObject({ code: 'network/refused' });
    expect(await dut.identify(inTime())).toMatchObject({ model: '' });
    await expect(dut.load(keywordSample, inTime())).rejects.toMatchObject({
      code: 'dut/wrong-model',
    });
  });

  it('connections that the server closes after each answer lose no inference', async () => {
    await using opened = await openServerDut(way, { server: ['--fault', 'close-keep-alive'] });
    const { dut } = opened;
    await dut.identify(inTime());
    for (let turn = 0; turn < 5; turn += 1) {
      await dut.load(keywordSample, inTime());
      expect((await dut.infer(inTime())).output).toHaveLength(12);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('a model of another shape is refused before the run, with both shapes in the details', async () => {
    await using opened = await openServerDut(way, { server: ['--fault', 'wrong-metadata'] });
    await expect(opened.dut.identify(inTime())).rejects.toMatchObject({
      code: 'network/wrong-shape',
      details: {
        expected: 'an input of [−1 or 1, 49, 10, 1]',
        found: 'input FP32 [-1, 49, 10, 1, 2]',
      },
    });
  });

  it('a model that the server does not have leaves the identity without one', async () => {
    await using opened = await openServerDut(way, { config: { modelName: 'elsewhere' } });
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: '' });
  });

  it('a server that is not ready is refused, and waited for up to the bound', async () => {
    const config = { bootTimeoutMs: 300 };
    await using opened = await openServerDut(way, { server: ['--fault', 'not-ready'], config });
    await expect(opened.dut.identify(inTime())).rejects.toMatchObject({ code: 'network/refused' });
    await expect(opened.dut.awaitBoot(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
  });

  it('a server that is gone is unreachable, from the start and in the middle', async () => {
    await using opened = await openServerDut(way);
    const { dut } = opened;
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    await opened.stopServer();
    await expect(dut.infer(inTime())).rejects.toMatchObject({ code: 'network/unreachable' });
    await expect(dut.identify(inTime())).rejects.toMatchObject({ code: 'network/unreachable' });
  });

  it('encrypted: works with its certificate trusted, and ends as tls-failed without', async () => {
    await using files = await selfSigned();
    await using secured = await startServer([
      '--tls-cert',
      files.certFile,
      '--tls-key',
      files.keyFile,
    ]);
    const plain = configOf(way, secured);
    const url = String(plain['url']).replace(/^(http|grpc):/, '$1s:');
    const tls = { caFile: files.certFile };
    await using trusting = await openInference.open(
      { ...plain, url, tls },
      keywordContext,
      inTime(),
    );
    expect(await trusting.identify(inTime())).toMatchObject({ model: 'kws01' });
    await trusting.load(keywordSample, inTime());
    expect((await trusting.infer(inTime())).output).toHaveLength(12);
    await using doubting = await openInference.open({ ...plain, url }, keywordContext, inTime());
    await expect(doubting.identify(inTime())).rejects.toMatchObject({ code: 'network/tls-failed' });
    // A plain server where an encrypted one is expected.
    await using other = await startServer([]);
    const wrongUrl = String(configOf(way, other)['url']).replace(/^(http|grpc):/, '$1s:');
    await using mistaken = await openInference.open(
      { ...plain, url: wrongUrl },
      keywordContext,
      inTime(),
    );
    await expect(mistaken.identify(inTime())).rejects.toMatchObject({ code: 'network/tls-failed' });
  });

  it('a call that is aborted ends with the reason, and the next one works', async () => {
    await using opened = await openServerDut(way, { server: ['--fault', 'hang'] });
    const { dut } = opened;
    await dut.identify(inTime());
    await dut.load(keywordSample, inTime());
    const stop = new AbortController();
    const hanging = dut.infer(stop.signal);
    stop.abort(new Error('a person said stop'));
    await expect(hanging).rejects.toThrow('a person said stop');
    expect(await dut.identify(inTime())).toMatchObject({ model: 'kws01' });
  });
});

/** A server that answers each POST with these bytes and everything else as the metadata of the keyword model. */
async function scripted(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const shape = [-1, 49, 10, 1];
  const metadata = {
    name: 'kws01',
    version: '0',
    extensions: ['binary_tensor_data'],
    inputs: [{ name: 'in', datatype: 'FP32', shape }],
    outputs: [{ name: 'out', datatype: 'FP32', shape: [-1, 12] }],
  };
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      if (request.method !== 'POST') response.end(JSON.stringify(metadata));
      else response.writeHead(200, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const dut = await openInference.open({ protocol: 'http', url }, keywordContext, inTime());
  return {
    dut,
    [Symbol.asyncDispose]: async () => {
      await dut[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('answers that follow no protocol', () => {
  it.each([
    ['malformed JSON', '{"outputs":[', {}],
    ['no JSON at all', '<html>busy</html>', {}],
    ['no outputs', '{"model_name":"kws01"}', {}],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x00), {}],
    ['a header that lies', '{"outputs":[]}', { 'inference-header-content-length': '999' }],
    ['a header that is no number', '{"outputs":[]}', { 'inference-header-content-length': '-1' }],
    [
      'text where numbers must be',
      '{"outputs":[{"name":"out","datatype":"FP32","shape":[1,12],"data":["a"]}]}',
      {},
    ],
  ])('%s is a malformed answer', async (_, body, headers) => {
    await using opened = await scripted(body, headers);
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample, inTime());
    await expect(opened.dut.infer(inTime())).rejects.toMatchObject({
      code: 'network/malformed-answer',
    });
    expect(opened.dut.counters().garbledReplyCount).toBe(1);
  });

  it('a server that lies about the length of its JSON is caught', async () => {
    const faulty = { server: ['--fault', 'wrong-length-header'] };
    await using opened = await openServerDut('http-binary', faulty);
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample, inTime());
    await expect(opened.dut.infer(inTime())).rejects.toMatchObject({
      code: 'network/malformed-answer',
    });
  });

  it('values beyond float32 are not finite', async () => {
    const data = Array.from({ length: 12 }, () => 0)
      .join(',')
      .replace(/^0/, '1e39');
    const body = `{"outputs":[{"name":"out","datatype":"FP32","shape":[1,12],"data":[${data}]}]}`;
    await using opened = await scripted(body);
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample, inTime());
    await expect(opened.dut.infer(inTime())).rejects.toMatchObject({ code: 'network/not-finite' });
  });

  it.each(['http-json', 'grpc'] as const)('over %s, a server of no such protocol', async (way) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { port } = address;
    const config = { ...configOf(way, { httpPort: port, grpcPort: port }), commandTimeoutMs: 8000 };
    await using dut = await openInference.open(config, keywordContext, inTime());
    await expect(dut.identify(inTime())).rejects.toMatchObject({
      code: way === 'grpc' ? 'network/unreachable' : 'network/malformed-answer',
    });
    server.close();
  });

  it('after a closed driver the server has no connection of ours left', async () => {
    await using server = await startServer([]);
    const config = { ...configOf('http-binary', server), connectionCount: 4 };
    const dut = await openInference.open(config, keywordContext, inTime());
    await dut.identify(inTime());
    await dut.release(inTime());
    await dut[Symbol.asyncDispose]();
    await expect(dut.identify(inTime())).rejects.toMatchObject({ code: 'network/closed' });
    // The port still serves others.
    const socket = connect(server.httpPort, '127.0.0.1');
    await new Promise<void>((resolve, reject) =>
      socket.once('connect', resolve).once('error', reject),
    );
    socket.destroy();
  });
});
