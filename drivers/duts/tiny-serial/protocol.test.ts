import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseResultValues, parseTinyLine, type TinyMessage } from './protocol.ts';

/** Lines as the protocol sheet gives them, sections 1.1 to 1.3. */
const goldenLines: readonly (readonly [string, TinyMessage])[] = [
  ['m-ready', { kind: 'ready' }],
  ['m-name-dut-[unspecified]', { kind: 'name', vendor: 'unspecified' }],
  [
    'm-profile-[ULPMark for tinyML Firmware V0.0.1]',
    { kind: 'profile', firmware: 'ULPMark for tinyML Firmware V0.0.1' },
  ],
  ['m-model-[kws01]', { kind: 'model', model: 'kws01' }],
  ['m-timestamp-mode-performance', { kind: 'mode', mode: 'performance' }],
  ['m-timestamp-mode-energy', { kind: 'mode', mode: 'energy' }],
  ['m-init-done', { kind: 'init-done' }],
  ['m-lap-us-4294967295', { kind: 'lap', microseconds: 4_294_967_295 }],
  ['m-[Expecting 490 bytes]', { kind: 'expecting', byteCount: 490 }],
  ['m-load-done', { kind: 'load-done' }],
  ['m-buffer-00-7f-FF', { kind: 'buffer', bytes: Uint8Array.of(0, 127, 255) }],
  [
    'Supplied buffer size 30000 exceeds maximum of 27648',
    { kind: 'oversize', byteCount: 30_000, limitBytes: 27_648 },
  ],
  ['m-warmup-start-10', { kind: 'warmup-start', count: 10 }],
  ['m-warmup-done', { kind: 'warmup-done' }],
  ['m-infer-start-70', { kind: 'infer-start', count: 70 }],
  ['m-infer-done', { kind: 'infer-done' }],
  [
    'Input db has 490 elemented, expected 3072',
    { kind: 'input-mismatch', loaded: 490, expected: 3072 },
  ],
  [
    'e-[Insufficent number of hex digits]',
    { kind: 'error', words: '[Insufficent number of hex digits]' },
  ],
  ["e-[Invalid hex digit 'zz']", { kind: 'error', words: "[Invalid hex digit 'zz']" }],
  ['Initialized', { kind: 'other', text: 'Initialized' }],
];

describe('a line of a board', () => {
  it.each(goldenLines)('%s is read as what the sheet says', (line, message) => {
    expect(parseTinyLine(line)).toEqual(message);
  });

  it.each([
    'm-readx',
    'm-lap-us-',
    'm-lap-us-12a4',
    'm-[Expecting 49? bytes]',
    'm-results-[0.1,0.x]',
    'm-results-[]',
    'm-results-[0.1,0.2',
    'm-buffer-0g-00',
    'm-buffer-00-11-22-33-44-55-66-77-88',
    'm-infer-start--1',
    'xm-ready',
  ])('%s, damaged, is no data', (line) => {
    expect(parseTinyLine(line)).toEqual({ kind: 'other', text: line });
  });

  it('never throws, whatever the line', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(parseTinyLine(line).kind).toBeTypeOf('string');
      }),
    );
  });
});

describe('a result vector', () => {
  const values = (list: string): number[] => [...(parseResultValues(list) ?? [])];

  it('has three decimals', () => {
    expect(values('0.250,0.500,-0.125')).toEqual([0.25, 0.5, -0.125]);
  });

  it('may end in a comma', () => {
    expect(values('0.750,0.250,')).toEqual([0.75, 0.25]);
  });

  it('may have integers and more decimals', () => {
    expect(values('3,0.0625')).toEqual([3, 0.0625]);
  });

  it('may be one value', () => {
    expect(values('12.500')).toEqual([12.5]);
  });

  it('reads 0.1000 among values of three decimals as 1', () => {
    expect(values('0.000,0.1000,0.000')).toEqual([0, 1, 0]);
  });

  it('reads 0.1000 as a tenth where other values have four decimals or none are there', () => {
    expect(values('0.1000,0.9000')).toEqual([...Float32Array.of(0.1, 0.9)]);
    expect(values('0.1000')).toEqual([...Float32Array.of(0.1)]);
  });

  it.each(['', ',', '1,,2', '0.1 ,0.2', 'nan', '0x10', '1e3', '.5', '1.'])(
    '%j is no vector',
    (list) => {
      expect(parseResultValues(list)).toBeUndefined();
    },
  );

  it('survives printing with three decimals, to within half a thousandth', () => {
    const value = fc.double({ min: -1_000, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), (numbers) => {
        const read = values(numbers.map((number) => number.toFixed(3)).join(','));
        expect(read).toHaveLength(numbers.length);
        for (const [index, number] of numbers.entries()) {
          expect(Math.abs((read[index] ?? Number.NaN) - number)).toBeLessThan(0.000_6);
        }
      }),
    );
  });
});
