import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { memorySource } from '../raw/query-log-file.ts';
import { queryLogFrom } from '../raw/query-log.ts';
import { decodeLegAnswers, encodeLegAnswer, type LegAnswer } from './leg-answers.ts';
import {
  decodeAuditLegs,
  encodeLegList,
  legAnswersFile,
  legListFile,
  legLogFile,
  type LegReading,
} from './leg-files.ts';

const utf8 = new TextEncoder();
const emptyLog = utf8.encode('ASSAYQ2\n');

function reading(files: Readonly<Record<string, Uint8Array | string>>): LegReading {
  const contentOf: LegReading['contentOf'] = (path) => {
    const content = files[path];
    return typeof content === 'string' ? utf8.encode(content) : content;
  };
  return {
    contentOf,
    logOf: (file) => {
      const bytes = contentOf(file);
      return bytes === undefined ? undefined : queryLogFrom({ ...memorySource(bytes), file });
    },
  };
}

const sampleIndex = fc.integer({ min: 0, max: 4_294_967_295 });
const anyAnswer: fc.Arbitrary<LegAnswer> = fc.oneof(
  fc.record({
    sampleIndex,
    // JSON has no -0; adding 0 makes it 0.
    output: fc
      .float32Array({ minLength: 1, maxLength: 12 })
      .map((values) => values.map((value) => value + 0)),
  }),
  fc.record(
    {
      sampleIndex,
      tokenIds: fc.array(sampleIndex),
      firstTokenId: sampleIndex,
      tokenCount: fc.nat(),
    },
    { requiredKeys: ['sampleIndex', 'tokenIds'] },
  ),
);

describe('leg answers', () => {
  it('read back as they were written, NaN and infinities too, the same sample as often as it came', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer), (answers) => {
        const text = answers.map((answer) => encodeLegAnswer(answer)).join('');
        expect(decodeLegAnswers(utf8.encode(text), 'raw/legs/02-answers.jsonl')).toEqual(answers);
      }),
    );
  });

  it('have the text of the format page', () => {
    expect(encodeLegAnswer({ sampleIndex: 7, output: Float32Array.of(0.5, Number.NaN) })).toBe(
      '{"sampleIndex":7,"output":[0.5,"NaN"]}\n',
    );
    expect(
      encodeLegAnswer({ sampleIndex: 7, tokenIds: [5, 9, 2], firstTokenId: 5, tokenCount: 3 }),
    ).toBe('{"sampleIndex":7,"tokenIds":[5,9,2],"firstTokenId":5,"tokenCount":3}\n');
  });

  it.each([
    ['{"sampleIndex":0,"output":[1]}', 'line 1 has no end'],
    ['{"sampleIndex":0,"output":[]}\n', 'line 1 is neither'],
    ['{"sampleIndex":0,"output":[1]}\n{"sampleIndex":-1,"tokenIds":[]}\n', 'line 2 is neither'],
    ['{"sampleIndex":0,"output":["x"]}\n', 'line 1 is neither'],
    ['nonsense\n', 'line 1 is no JSON'],
  ])('refuse %j: %s', (text, problem) => {
    const decode = (): unknown => decodeLegAnswers(utf8.encode(text), 'raw/legs/02-answers.jsonl');
    expect(decode).toThrow(`raw/legs/02-answers.jsonl: ${problem}`);
  });
});

describe('leg files', () => {
  it('are named by number and role', () => {
    expect([legLogFile(1, 'base'), legLogFile(16, 'audit'), legAnswersFile(100)]).toEqual([
      'raw/legs/01-base.bin',
      'raw/legs/16-audit.bin',
      'raw/legs/100-answers.jsonl',
    ]);
  });

  it('read back in the order run, answers where some were kept', () => {
    const legs = decodeAuditLegs(
      reading({
        [legListFile]: encodeLegList([
          { role: 'base', file: legLogFile(1, 'base') },
          { role: 'audit', file: legLogFile(2, 'audit'), answersFile: legAnswersFile(2) },
        ]),
        'raw/legs/01-base.bin': emptyLog,
        'raw/legs/02-audit.bin': emptyLog,
        'raw/legs/02-answers.jsonl': '{"sampleIndex":3,"output":[1]}\n',
      }),
    );
    expect(legs?.map(({ role, file }) => [role, file])).toEqual([
      ['base', 'raw/legs/01-base.bin'],
      ['audit', 'raw/legs/02-audit.bin'],
    ]);
    expect(legs?.[0]?.answers).toBeUndefined();
    expect(legs?.[1]?.answers).toEqual([{ sampleIndex: 3, output: Float32Array.of(1) }]);
  });

  it('are absent in a run without raw/legs.json', () => {
    expect(decodeAuditLegs(reading({}))).toBeUndefined();
  });

  const one = { role: 'base', file: 'raw/legs/01-base.bin' } as const;
  it.each([
    ['{}', 'is not a list'],
    ['[{"role":"base","file":"../01-base.bin"}]', 'is not a list'],
    [encodeLegList([one, one]), 'names a file twice'],
    [encodeLegList([one]), 'names raw/legs/01-base.bin, which is not there'],
  ])('refuse the list %s: %s', (list, problem) => {
    expect(() => decodeAuditLegs(reading({ [legListFile]: list }))).toThrow(problem);
  });
});
