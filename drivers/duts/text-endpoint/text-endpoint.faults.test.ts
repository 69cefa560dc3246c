import { createServer } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { InferenceAnswer } from '#harness/contracts/dut.ts';
import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';

import { comparisonSample, openEndpoint, type OpenedEndpoint } from './testing/open-endpoint.ts';
import { startServerProcess, type ServerProcess } from './testing/server-process.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(20_000);
const right = [0, 1, 0, 0, 0, 0, 0, 0];

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess(['--wrong-percent=0']);
});
afterEach(() => server.clearFaults());
afterAll(() => server[Symbol.asyncDispose]());

async function askOnce({ dut }: OpenedEndpoint): Promise<InferenceAnswer> {
  await dut.load(comparisonSample, inTime());
  return dut.infer(inTime());
}

async function itWorksOn(opened: OpenedEndpoint): Promise<void> {
  expect(Array.from((await askOnce(opened)).output)).toEqual(right);
  await opened.dut.release(inTime());
}

const failing: readonly (readonly [string, ErrorCode])[] = [
  ['status:500', 'network/server-error'],
  ['status:503', 'network/server-error'],
  ['status:429', 'network/server-error'],
  ['status:400', 'network/refused'],
  ['status:404', 'network/refused'],
  ['error-in-stream:0', 'network/server-error'],
  ['error-in-stream:4', 'network/server-error'],
  ['truncate:0', 'network/closed'],
  ['truncate:4', 'network/closed'],
  ['half-close:0', 'network/closed'],
  ['half-close:4', 'network/closed'],
  ['reset:4', 'network/closed'],
  ['silent', 'network/malformed-answer'],
  ['garbage', 'network/malformed-answer'],
  ['other-content-type', 'network/malformed-answer'],
  ['hang', 'dut/timeout'],
  ['hang-in-stream:0', 'dut/timeout'],
  ['hang-in-stream:4', 'dut/timeout'],
  ['slow:60000', 'dut/timeout'],
];

describe('a text endpoint with a fault', () => {
  it.each(failing)(
    'gives no answer for %s, but %s, and the next one is right',
    async (spec, code) => {
      const config = code === 'dut/timeout' ? { answerTimeoutMs: 500 } : {};
      await using opened = await openEndpoint(server.url, config);
      await opened.dut.identify(inTime());
      await server.addFault(spec);
      await expect(askOnce(opened)).rejects.toMatchObject({ code });
      const garbled = code === 'network/malformed-answer' ? 1 : 0;
      expect(opened.dut.counters().garbledReplyCount).toBe(garbled);
      await server.clearFaults();
      const roomy =
        garbled === 0 && code === 'dut/timeout' ? await openEndpoint(server.url) : opened;
      await itWorksOn(roomy);
      if (roomy !== opened) await roomy[Symbol.asyncDispose]();
    },
  );

  it.each([
    ['empty', [0, 0, 0, 0, 0, 0, 0, 0], 'empty'],
    ['say-instead:Nobody knows.', [0, 0, 0, 0, 0, 0, 0, 0], 'no-class'],
    ['no-done', right, 'no-done'],
    ['no-usage', right, 'no-usage'],
    ['wrong-usage:5', right, 'usage-differs'],
  ])('counts an answer of %s as what it states, and logs it', async (spec, output, note) => {
    await using opened = await openEndpoint(server.url);
    await opened.dut.identify(inTime());
    await server.addFault(spec);
    const answer = await askOnce(opened);
    expect(Array.from(answer.output)).toEqual(output);
    await opened.dut.load(comparisonSample, inTime());
    expect(opened.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(opened.lines[0]?.fields).toMatchObject({ boardId: 'text-1', note, count: 1 });
    await itWorksOn(opened);
  });

  it('gives no tokens for an empty answer, and the server’s own count where it differs by 5', async () => {
    await using opened = await openEndpoint(server.url);
    await opened.dut.identify(inTime());
    await server.addFault('empty');
    expect((await askOnce(opened)).tokens).toBeUndefined();
    await server.addFault('wrong-usage:5');
    const { tokens } = await askOnce(opened);
    expect([tokens?.ids.length, tokens?.reportedCount]).toEqual([13, 18]);
  });

  it('ends a call at the abort of its signal while tokens still come', async () => {
    await using opened = await openEndpoint(server.url);
    await opened.dut.identify(inTime());
    await opened.dut.load(comparisonSample, inTime());
    await server.addFault('hang-in-stream:4');
    const receivedBytes = opened.dut.counters().bytesReceived;
    const stop = new AbortController();
    const answer = opened.dut.infer(stop.signal);
    await expect
      .poll(() => opened.dut.counters().bytesReceived, { timeout: 10_000 })
      .toBeGreaterThan(receivedBytes);
    stop.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    await itWorksOn(opened);
  });

  it('tells a server that refuses the key, one of another model, one that is away, and one without TLS', async () => {
    await using locked = await startServerProcess(['--api-key=secret', '--model=other']);
    await using unknown = await openEndpoint(locked.url);
    await expect(unknown.dut.identify(inTime())).rejects.toMatchObject({ code: 'network/refused' });

    await server.addFault('wrong-model-name:other');
    await using other = await openEndpoint(server.url);
    expect(await other.dut.identify(inTime())).toMatchObject({ model: 'other' });

    await using away = await openEndpoint(await freeUrl());
    await expect(away.dut.identify(inTime())).rejects.toMatchObject({
      code: 'network/unreachable',
    });

    await using plain = await openEndpoint(server.url.replace('http:', 'https:'));
    await expect(plain.dut.identify(inTime())).rejects.toMatchObject({
      code: 'network/tls-failed',
    });
  });
});

/** An address at which nobody answers. */
async function freeUrl(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = createServer().listen(0, '127.0.0.1', () => resolve());
  await promise;
  const address = held.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  held.close(() => close());
  await closed;
  return `http://127.0.0.1:${port}`;
}
