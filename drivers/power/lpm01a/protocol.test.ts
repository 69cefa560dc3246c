import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commandBytes, configurationCommands, isTornSample, parseLine } from './protocol.ts';

describe('parseLine', () => {
  it.each([
    ['', { type: 'blank' }],
    ['PowerShield > ', { type: 'blank' }],
    ['PowerShield > ack htc', { type: 'ack', command: 'htc', detail: '' }],
    ['PowerShield > PowerShield > ack htc', { type: 'ack', command: 'htc', detail: '' }],
    ['PowerShield > ack volt 3300m', { type: 'ack', command: 'volt', detail: '3300m' }],
    ['PowerShield > error pwr', { type: 'refused', command: 'pwr' }],
    ['Error detail: unknown argument', { type: 'error-detail', words: 'unknown argument' }],
    ['6409-07', { type: 'sample', joules: 640.9e-6 }],
    ['\0\x006409-07', { type: 'sample', joules: 6409e-7 }],
    ['0000+00', { type: 'sample', joules: 0 }],
    ['1234+02', { type: 'sample', joules: 123_400 }],
    ['TimeStamp: 001s 000ms, buff 00%', { type: 'time-stamp', atMs: 1000, bufferPercent: 0 }],
    ['TimeStamp: 003s 250ms, buff 07%', { type: 'time-stamp', atMs: 3250, bufferPercent: 7 }],
    [
      '>TimeStamp: 1200s 001ms, buff 100%',
      {
        type: 'time-stamp',
        atMs: 1_200_001,
        bufferPercent: 100,
      },
    ],
    ['< TimeStamp: 010s 000ms, buff 00%', { type: 'time-stamp', atMs: 10_000, bufferPercent: 0 }],
    ['event 07 ris', { type: 'event', count: 7 }],
    ['end', { type: 'end' }],
    ['PowerShield > Acquisition completed', { type: 'completed' }],
    ['error: overcurrent', { type: 'fault', overcurrent: true, words: 'error: overcurrent' }],
    ['Over current detected', { type: 'fault', overcurrent: true, words: 'Over current detected' }],
    ['error: buffer full', { type: 'fault', overcurrent: false, words: 'error: buffer full' }],
    ['Board: X-NUCLEO-LPM01A', { type: 'text', words: 'Board: X-NUCLEO-LPM01A' }],
  ])('reads %j', (line, message) => {
    expect(parseLine(line)).toEqual(message);
  });

  it.each(['409-07', '6409-0', '640907', '64\xff9-07', '6409-076410-07', '-'])(
    'knows the torn sample %j',
    (line) => {
      expect(parseLine(line)).toEqual({ type: 'text', words: line });
      expect(isTornSample(line)).toBe(true);
    },
  );

  it.each(['TimeStamp: 01s 000ms, buff 00%', 'imeStamp: 001s 000ms, buff 00%', 'TimeStamp: 001s'])(
    'takes the torn time stamp %j for no sample and no time stamp',
    (line) => {
      expect(parseLine(line)).toEqual({ type: 'text', words: line });
      expect(isTornSample(line)).toBe(false);
    },
  );

  const digits = (length: number): fc.Arbitrary<string> =>
    fc.stringMatching(new RegExp(`^\\d{${length}}$`));
  const sampleLine = fc.tuple(digits(4), fc.constantFrom('+', '-'), digits(2));

  it('reads DDDD[+-]EE as DDDD times ten to the power of EE', () => {
    fc.assert(
      fc.property(sampleLine, ([mantissa, sign, exponent]) => {
        const power = sign === '+' ? Number(exponent) : -Number(exponent);
        const message = parseLine(`${mantissa}${sign}${exponent}`);
        const joules = message.type === 'sample' ? message.joules : Number.NaN;
        const expected = Number(mantissa) * 10 ** power;
        expect(Math.abs(joules - expected)).toBeLessThanOrEqual(Math.abs(expected) * 1e-12);
      }),
    );
  });

  it('never gives a number for a sample that lost one of its characters', () => {
    fc.assert(
      fc.property(sampleLine, fc.nat(6), (parts, lostAt) => {
        const whole = parts.join('');
        const torn = whole.slice(0, lostAt) + whole.slice(lostAt + 1);
        expect(parseLine(torn)).toEqual({ type: 'text', words: torn });
        expect(isTornSample(torn)).toBe(true);
      }),
    );
  });

  it('gives a message for any line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (line) => {
        expect(parseLine(line)).toHaveProperty('type');
      }),
    );
  });
});

describe('commands', () => {
  it('end with CR and LF', () => {
    expect(Buffer.from(commandBytes('htc')).toString('hex')).toBe('6874630d0a');
  });

  it('are in the order of the sheet, for 1 kHz and 3.3 V', () => {
    expect(configurationCommands({ supplyVolts: 3.3, sampleRateHz: 1000 })).toEqual([
      'lcd 1 "      Assay     "',
      'lcd 2 "    measuring   "',
      'pwr off',
      'acqtime inf',
      'trigdelay 0',
      'trigsrc sw',
      'eventsrc d7 fal',
      'output energy',
      'format ascii_dec',
      'freq 1k',
      'volt 3300m',
      'volt 3300m',
      'pwr on nostatus',
    ]);
  });

  it.each([
    { supplyVolts: 1.8, sampleRateHz: 500, volt: 'volt 1800m', freq: 'freq 500' },
    { supplyVolts: 2.555, sampleRateHz: 5000, volt: 'volt 2555m', freq: 'freq 5k' },
  ])('set $supplyVolts V and $sampleRateHz Hz', ({ volt, freq, ...settings }) => {
    const commands = configurationCommands(settings);
    expect(commands).toContain(volt);
    expect(commands).toContain(freq);
  });
});
