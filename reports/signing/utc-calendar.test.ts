import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compactUtc, parseUtcMoment, utcMoment, yearsLater } from './utc-calendar.ts';

describe('the calendar', () => {
  it('agrees with the built-in one on every moment from 1970 to 2199', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_258_118_399_999 }), (utcMs) => {
        const expected = new Date(utcMs).toISOString();
        expect(compactUtc(utcMoment(utcMs))).toBe(expected.slice(0, 19).replaceAll(/[-T:]/g, ''));
        expect(parseUtcMoment(expected)).toEqual(utcMoment(utcMs));
      }),
    );
  });

  it('moves 29 February 2028 to 28 February 2038', () => {
    const leapDay = { year: 2028, month: 2, day: 29, hour: 1, minute: 2, second: 3 };
    expect(compactUtc(yearsLater(leapDay, 10))).toBe('20380228010203');
  });

  it.each(['2026-04-17', '2026-04-17T09:30:05+02:00', 'yesterday'])('does not take %s', (text) => {
    expect(parseUtcMoment(text)).toBeUndefined();
  });
});
