import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  comparisonSample,
  openEndpoint,
  promptSample,
  textContext,
  type OpenedEndpoint,
} from './testing/open-endpoint.ts';
import { startServerProcess } from './testing/server-process.ts';
import { textEndpoint } from './text-endpoint.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(20_000);
// tokenizers 0.23.3 of Python gives `no, because 5750 is not greater than 9953.` these numbers.
const comparisonIds = [78, 79, 12, 316, 840, 16, 278, 439, 405, 336, 511, 673, 14];

async function tokensOf({ dut }: OpenedEndpoint) {
  await dut.identify(inTime());
  await dut.load(comparisonSample, inTime());
  const { output, tokens } = await dut.infer(inTime());
  expect(output.indexOf(1)).toBe(1);
  return tokens;
}

describe('a text endpoint', () => {
  it('counts 13 tokens whatever the packets and events they come in', async () => {
    for (const options of [
      [],
      ['--tokens-per-event=4'],
      ['--tokens-per-event=100'],
      ['--split-bytes=1'],
      ['--split-bytes=7', '--fault=comments*'],
    ]) {
      await using server = await startServerProcess(['--wrong-percent=0', ...options]);
      await using opened = await openEndpoint(server.url);
      const tokens = await tokensOf(opened);
      expect(tokens?.ids).toEqual(comparisonIds);
      expect(tokens?.firstId).toBe(78);
      expect(tokens?.reportedCount).toBe(13);
      expect(opened.lines).toEqual([]);
    }
  });

  it('stamps the first token after the issue and before the 12 others, which take 20 ms each', async () => {
    const options = ['--wrong-percent=0', '--ttft-ms=50', '--token-ms=20'];
    await using server = await startServerProcess(options);
    const context = textContext();
    await using opened = await openEndpoint(server.url, {}, { clock: context.clock });
    await opened.dut.identify(inTime());
    await opened.dut.load(comparisonSample, inTime());
    const issuedAtNs = context.clock.nowNs();
    const { tokens } = await opened.dut.infer(inTime());
    const completedAtNs = context.clock.nowNs();
    const firstAtNs = tokens?.firstTokenAtNs ?? 0;
    // Bounds of the server's own waiting; timers may be 1 ms early.
    expect(firstAtNs - issuedAtNs).toBeGreaterThan(49e6);
    expect(completedAtNs - firstAtNs).toBeGreaterThan(12 * 20e6 - 20e6);
  });

  it('takes the end token that a server counts as within its tolerance of 1, and not within 0', async () => {
    await using server = await startServerProcess(['--wrong-percent=0', '--count-end']);
    await using tolerant = await openEndpoint(server.url);
    expect((await tokensOf(tolerant))?.reportedCount).toBe(13);
    await using strict = await openEndpoint(server.url, { usageTolerance: 0 });
    expect((await tokensOf(strict))?.reportedCount).toBe(14);
  });

  it('answers 8 prompts at once over 4 connections, each with its own class', async () => {
    await using server = await startServerProcess(['--wrong-percent=0', '--token-ms=2']);
    await using opened = await openEndpoint(server.url, { connectionCount: 4 });
    await opened.dut.identify(inTime());
    const { concurrent } = opened.dut;
    expect(concurrent).toMatchObject({ inFlightCountMax: 4, batchSizeMax: 1 });
    const prompts = Array.from({ length: 8 }, (_, index) =>
      promptSample(`Question: What kind of number is ${index}?\nChoices: even, odd\nAnswer:`),
    );
    if (concurrent === undefined) throw new Error('it answers one prompt at a time');
    const answers = await Promise.all(
      prompts.map((prompt) => concurrent.infer([prompt], inTime())),
    );
    const places = answers.map((answer) => answer[0]?.output.indexOf(1));
    expect(places).toEqual([2, 3, 2, 3, 2, 3, 2, 3]);
  });

  it('goes on to the limit when told to ignore the end, and says that answers were cut', async () => {
    await using server = await startServerProcess(['--wrong-percent=0']);
    const extraFields = { ignore_eos: true };
    await using opened = await openEndpoint(server.url, { extraFields });
    expect((await tokensOf(opened))?.ids).toHaveLength(32);
    await opened.dut.release(inTime());
    expect(opened.lines.map(({ fields }) => fields['note'])).toEqual(['cut-at-limit']);
  });

  it('sends the key of a file, and asks for the model that the lab names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'text-endpoint-'));
    const apiKeyFile = join(folder, 'key');
    await writeFile(apiKeyFile, 'secret\n');
    await using server = await startServerProcess(['--api-key=secret', '--model=big-model']);
    await using opened = await openEndpoint(`${server.url}/v1/`, {
      apiKeyFile,
      model: 'big-model',
    });
    expect(await opened.dut.identify(inTime())).toMatchObject({ model: 'qa01' });
    await opened.dut.load(comparisonSample, inTime());
    expect((await opened.dut.infer(inTime())).output).toHaveLength(8);
    await rm(folder, { recursive: true });
  });

  it('refuses a suite whose model does not answer in text, and a missing key file', async () => {
    const { deployment } = textContext();
    if (deployment === undefined) throw new Error('no deployment');
    const { text: _, ...plain } = deployment;
    await using opened = await openEndpoint('http://127.0.0.1:9', {}, { deployment: plain });
    const refused = { code: 'dut/unsupported' };
    await expect(opened.dut.load(comparisonSample, inTime())).rejects.toMatchObject(refused);
    const missing = openEndpoint('http://127.0.0.1:9', { apiKeyFile: '/none/key' });
    await expect(missing).rejects.toMatchObject({ code: 'config/invalid' });
  });

  it('is one resource under one address, however it is written, and takes no credentials in it', async () => {
    const resources = ['http://board:8000', 'http://board:8000/', 'http://board:8000/v1'].map(
      (url) => textEndpoint.resources({ url }),
    );
    expect(resources).toEqual(Array.from({ length: 3 }, () => ['http://board:8000']));
    expect(() => textEndpoint.resources({ url: 'http://user:word@board' })).toThrow('Parse');
  });

  it('waits for a server that is not up yet, and gives up in time', async () => {
    await using opened = await openEndpoint('http://127.0.0.1:9', { bootTimeoutMs: 300 });
    await expect(opened.dut.awaitBoot(inTime())).rejects.toMatchObject({ code: 'dut/timeout' });
  });
});
