import type { Dut, DutContext } from '#harness/contracts/dut.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { textEndpoint } from '../text-endpoint.ts';
import { tokenizerPath } from './server-process.ts';

/** SHA-256 of the suite's tokenizer, as its README states it. */
const tokenizerSha256 = 'aca11a2248e8757be0994d5c1e81f7cc60fdba9c07a0cdcc87dd36331a2d52fd';
const sampleByteCount = 256;
const openTimeoutMs = 20_000;

/** The classes of the suite. */
export const classNames = ['yes', 'no', 'even', 'odd', 'red', 'blue', 'hot', 'cold'] as const;

/** What a driver gets in a run of the question-answering suite. */
export function textContext(changes: Partial<DutContext> = {}): DutContext {
  return {
    boardId: 'text-1',
    clock: systemClock(),
    inference: { version: 'none', open: () => Promise.reject(new Error('no inference here')) },
    log: () => undefined,
    deployment: {
      modelPath: tokenizerPath,
      modelSha256: tokenizerSha256,
      boardModel: 'qa01',
      inputElement: 'uint8',
      inputShape: [sampleByteCount],
      outputLength: classNames.length,
      text: { tokenizerPath, tokenizerSha256, maxTokens: 32, classNames },
    },
    ...changes,
  };
}

/** A prompt as a sample: UTF-8, filled up with NUL. */
export function promptSample(prompt: string): Uint8Array {
  const sample = new Uint8Array(sampleByteCount);
  sample.set(Buffer.from(prompt, 'utf8'));
  return sample;
}

/** `Is 5750 greater than 9953?`: no, in 13 tokens. */
export const comparisonSample: Uint8Array = promptSample(
  'Question: Is 5750 greater than 9953?\nChoices: yes, no\nAnswer:',
);

/** An opened endpoint and what it logged. */
export interface OpenedEndpoint extends AsyncDisposable {
  readonly dut: Dut;
  readonly lines: readonly LogLine[];
}

/** Opens the driver on a server. */
export async function openEndpoint(
  url: string,
  config: Readonly<Record<string, unknown>> = {},
  changes: Partial<DutContext> = {},
): Promise<OpenedEndpoint> {
  const lines: LogLine[] = [];
  const context = textContext({ log: (line) => lines.push(line), ...changes });
  const signal = AbortSignal.timeout(openTimeoutMs);
  const dut = await textEndpoint.open({ url, ...config }, context, signal);
  return { dut, lines, [Symbol.asyncDispose]: () => dut[Symbol.asyncDispose]() };
}
