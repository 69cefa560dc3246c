import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openTokenCounter, type TokenCounter } from './answer-tokens.ts';
import { textContext } from './testing/open-endpoint.ts';
import { tokenAnswer } from './token-answer.ts';

const text = textContext().deployment?.text;
if (text === undefined) throw new Error('the context has no text deployment');

describe('token counter', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // Made by the Python package tokenizers 0.23.3 from the same file.
  it.each([
    [
      'no, because 4312 is not greater than 9876.',
      [78, 79, 12, 316, 588, 519, 278, 439, 405, 336, 1129, 14],
    ],
    ['hot', [260, 84]],
    [' hot', [340]],
    [
      'yes<|end|>ö 🙂  x\n\tno',
      [351, 0, 128, 115, 221, 173, 254, 248, 225, 221, 221, 88, 199, 198, 78, 79],
    ],
    ['', []],
  ])('gives %j the numbers that the original tokenizer gives', async (said, ids) => {
    const count = await openTokenCounter(text);
    expect(count(said)).toEqual(ids);
  });

  it('refuses a file that is not there, one of another hash, and one that is no tokenizer', async () => {
    const path = join(folder, 'tokenizer.json');
    const open = (sha256: string): Promise<TokenCounter> =>
      openTokenCounter({ ...text, tokenizerPath: path, tokenizerSha256: sha256 });
    await expect(open('0'.repeat(64))).rejects.toMatchObject({ code: 'suite/model-missing' });
    await writeFile(path, '[]');
    await expect(open('0'.repeat(64))).rejects.toMatchObject({ code: 'suite/model-hash-mismatch' });
    // printf '[]' | sha256sum
    const sha256 = '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945';
    await expect(open(sha256)).rejects.toMatchObject({ code: 'suite/model-unusable' });
  });
});

describe('token answer', () => {
  const streamed = {
    text: 'hot ice',
    first: { text: 'h', atNs: 5 },
    finishReason: 'stop',
    serverDurationNs: undefined,
    isDone: true,
    eventCount: 3,
  };
  const letters = (said: string): number[] => Array.from(said, (letter) => letter.charCodeAt(0));

  it('counts nothing before somebody looks', () => {
    let countedTexts = 0;
    const count = (said: string): number[] => {
      countedTexts += 1;
      return letters(said);
    };
    const { tokens } = tokenAnswer({ ...streamed, reportedCount: 7 }, { count, usageTolerance: 0 });
    expect(tokens.firstTokenAtNs).toBe(5);
    expect(countedTexts).toBe(0);
    expect(tokens.ids).toHaveLength(7);
    expect(tokens.ids).toHaveLength(7);
    expect(tokens.firstId).toBe(104);
    expect(countedTexts).toBe(2);
  });

  it.each([
    { reported: 7, usageTolerance: 1, told: 7, difference: undefined },
    { reported: 8, usageTolerance: 1, told: 7, difference: undefined },
    {
      reported: 9,
      usageTolerance: 1,
      told: 9,
      difference: { countedTokens: 7, reportedTokens: 9 },
    },
    {
      reported: 6,
      usageTolerance: 0,
      told: 6,
      difference: { countedTokens: 7, reportedTokens: 6 },
    },
  ])(
    'has 7 tokens, of which the server reports $reported at a tolerance of $usageTolerance: $told are told',
    ({ reported, usageTolerance, told, difference }) => {
      const counting = { count: letters, usageTolerance };
      const answer = tokenAnswer({ ...streamed, reportedCount: reported }, counting);
      expect(answer.tokens.reportedCount).toBe(told);
      expect(answer.difference()).toEqual(difference);
      expect(structuredClone(answer.tokens)).toEqual({
        ids: letters('hot ice'),
        firstId: 104,
        firstTokenAtNs: 5,
        reportedCount: told,
      });
    },
  );

  it('has no reported count where the server states none', () => {
    const { tokens } = tokenAnswer(
      { ...streamed, reportedCount: undefined },
      { count: letters, usageTolerance: 0 },
    );
    expect('reportedCount' in tokens).toBe(false);
  });
});
