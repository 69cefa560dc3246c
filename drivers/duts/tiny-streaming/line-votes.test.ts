import { expect, it } from 'vitest';

import { lineVotes } from './line-votes.ts';

it('agrees on a reply that came twice alike', () => {
  const votes = lineVotes();
  votes.add(['a', 'b']);
  expect(votes.agreed()).toBeUndefined();
  votes.add(['a', 'b']);
  expect(votes.agreed()).toEqual(['a', 'b']);
});

it('takes each line from the readings that have it whole, and none of another length', () => {
  const votes = lineVotes();
  votes.add(['1,', '2x', '3,']);
  votes.add(['1,', '2,3,']);
  votes.add(['1,', '2,', '3y']);
  expect(votes.agreed()).toBeUndefined();
  votes.add(['9,', '2,', '3,']);
  expect(votes.agreed()).toEqual(['1,', '2,', '3,']);
});
