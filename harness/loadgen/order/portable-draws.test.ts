import { describe, expect, it } from 'vitest';

import { portableDrawsOf, portableStreams } from './portable-draws.ts';
import { portableDraws } from './portable-order.ts';

/** From harness/docs/sample-order.md, made with another program in another language. */
const golden = [
  ['0', 'schedule', [744_213_956, 847_201_580, 2_578_537_603, 4_153_808_889]],
  ['0', 'accuracyLog', [602_080_318, 1_431_435_829, 4_251_595_946, 1_880_349_543]],
  ['1', 'schedule', [1_819_224_713, 75_873_287, 1_238_511_654, 987_328_135]],
  ['4294967297', 'order', [1_515_919_064, 2_228_068_222, 3_978_700_651, 3_819_816_351]],
  ['2747215439041700203', 'order', [121_986_192, 2_787_864_027, 1_070_042_397, 3_818_834_959]],
  ['2747215439041700203', 'schedule', [1_842_798_288, 3_984_960_946, 1_701_494_479, 3_805_124_578]],
  ['18446744073709551615', 'order', [4_040_139_163, 416_463_348, 1_101_562_603, 4_145_210_951]],
  ['18446744073709551615', 'accuracyLog', [1_991_484_855, 736_112_756, 771_179_445, 2_982_484_654]],
] as const;

describe('portableDrawsOf', () => {
  it.each(golden)('gives the golden values of seed %s, stream %s', (seed, stream, draws) => {
    const next = portableDrawsOf(seed, portableStreams[stream]);
    expect([next(), next(), next(), next()]).toEqual(draws);
  });

  it('gives a seed of 32 bits the draws it has always had', () => {
    const [wide, narrow] = [portableDrawsOf('42', 0), portableDraws(42)];
    for (let i = 0; i < 100; i += 1) expect(wide()).toBe(narrow());
  });

  it.each(['', '-1', '1.5', '18446744073709551616', 'x'])('refuses the seed %o', (seed) => {
    expect(() => portableDrawsOf(seed, 0)).toThrow(RangeError);
  });
});
