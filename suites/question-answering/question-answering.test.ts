import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { openTokenCutter } from '#fixtures/boards/text-server/token-pieces.ts';
import { datasetSha256 } from '#suites/runtime/dataset-layout.ts';

import { encodeQuestions, promptByteCount } from './encode-questions.ts';
import { questionAnswering } from './question-answering.ts';
import { questionClassNames } from './question-families.ts';
import { questionSample } from './synthetic-questions.ts';

const { dataset, model, performance, tokens } = questionAnswering;
const root = fileURLToPath(new URL('../../', import.meta.url));
const whole = encodeQuestions({ first: 0, count: dataset.sampleCount });

describe('question answering', () => {
  it('has the data set that its hash names', () => {
    expect(datasetSha256(whole)).toBe(dataset.sha256);
  });

  it('encodes any range as the same bytes of the whole', () => {
    const part = encodeQuestions({ first: 130, count: 3 });
    const bytes = whole.bytes.subarray(130 * promptByteCount, 133 * promptByteCount);
    expect(Buffer.compare(part.bytes, bytes)).toBe(0);
    expect(part.labels).toEqual(whole.labels.subarray(130, 133));
  });

  it('asks for each of its 8 classes 50 times', () => {
    const counts = questionClassNames.map(
      (_, label) => whole.labels.filter((each) => each === label).length,
    );
    expect(counts).toEqual(Array.from({ length: 8 }, () => 50));
  });

  it('fills every prompt up with NUL behind its last line', () => {
    for (let index = 0; index < dataset.sampleCount; index += 1) {
      const start = index * promptByteCount;
      const sample = Buffer.from(whole.bytes.subarray(start, start + promptByteCount));
      const end = sample.indexOf(0);
      expect(sample.subarray(0, end).toString('utf8').endsWith('\nAnswer:')).toBe(true);
      expect(sample.subarray(end).every((byte) => byte === 0)).toBe(true);
    }
  });

  it('states the right choice first in every written answer, and offers it', () => {
    for (let sampleIndex = 0; sampleIndex < 400; sampleIndex += 1) {
      const { prompt, label, answer } = questionSample({ split: 'evaluation', sampleIndex });
      const word = questionClassNames[label] ?? 'none';
      expect(answer.startsWith(`${word}, because `)).toBe(true);
      expect(/^Choices: (.*)$/m.exec(prompt)?.[1]?.split(', ')).toContain(word);
    }
  });

  it('names its tokenizer by hash, the end token and the mean length of 32 right answers', async () => {
    const file = await readFile(`${root}${model.file}`);
    expect(createHash('sha256').update(file).digest('hex')).toBe(model.sha256);
    expect(file.length).toBeLessThan(200_000);
    const cutter = await openTokenCutter(`${root}${model.file}`);
    expect(cutter.idsOf('<|end|>')).toEqual([tokens?.endTokenId]);
    let count = 0;
    for (let sampleIndex = 0; sampleIndex < performance.sampleCount; sampleIndex += 1) {
      const { answer } = questionSample({ split: 'evaluation', sampleIndex });
      count += cutter.idsOf(answer).length;
    }
    expect(count / performance.sampleCount).toBe(tokens?.referenceMeanTokens);
  });
});
