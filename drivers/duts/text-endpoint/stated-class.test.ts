import { describe, expect, it } from 'vitest';

import { statedClassFinder } from './stated-class.ts';

describe('stated class', () => {
  const stated = statedClassFinder(['yes', 'no', 'red', 'red wine', 'a+b']);

  it.each([
    ['no, because 5 is not greater than 9.', 1],
    ['The answer is Yes.', 0],
    ['Not now, nobody knows: yes', 0],
    ['**NO**', 1],
    ['red wine', 3],
    ['red', 2],
    ['reddish, then no', 1],
    ['it is a+b', 4],
    ['yes or no', 0],
    ['nö', undefined],
    ['no_one', undefined],
    ['', undefined],
  ])('of %j is %s', (text, place) => {
    expect(stated(text)).toBe(place);
  });
});
