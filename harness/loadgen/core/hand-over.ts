import type { IssuedQueries } from '../load-target.ts';
import { failQuery } from './end-queries.ts';
import type { LoadState } from './load-state.ts';
import { fillSpan, queryState, type QueryRing } from './query-ring.ts';

/** A target that took nothing is asked again after this, or when something completes. */
const retryAfterNs = 1e6;
/** Spans from here on are filled in one go. */
const longSpanCount = 256;

/** A consecutive piece of the line: `load.offer`, reused. */
type Offer = Pick<IssuedQueries, 'firstQueryId' | 'queryCount'>;

function markIssued(ring: QueryRing, offer: Offer, issuedAtNs: number): void {
  const { firstQueryId, queryCount } = offer;
  const { state, mask } = ring;
  ring.issuedCount += queryCount;
  if (queryCount >= longSpanCount) {
    fillSpan(ring, { firstId: firstQueryId, count: queryCount }, (from, to) => {
      state.fill(queryState.issued, from, to);
      ring.issuedAtNs.fill(issuedAtNs, from, to);
    });
    return;
  }
  for (let id = firstQueryId; id < firstQueryId + queryCount; id += 1) {
    state[id & mask] = queryState.issued;
    ring.issuedAtNs[id & mask] = issuedAtNs;
  }
}

/**
 * Puts back in line what was not taken. Queries are taken from the first on, so one that ended inside of `issue` was
 * taken, and all before it, whatever the target says.
 *
 * @returns how many were taken
 */
function takeBack(ring: QueryRing, offer: Offer, takenCount: number): number {
  const { firstQueryId, queryCount } = offer;
  const { state, mask } = ring;
  let end = firstQueryId + queryCount;
  while (end > firstQueryId + takenCount && state[(end - 1) & mask] === queryState.issued) {
    end -= 1;
    state[end & mask] = queryState.inLine;
    ring.issuedCount -= 1;
  }
  return end - firstQueryId;
}

/** A target's word, made a whole number in 0..queryCount; NaN is 0. */
function takenOf(told: number, queryCount: number): number {
  return told > 0 ? Math.min(queryCount, Math.floor(told)) : 0;
}

function failOffered(load: LoadState, offer: Offer, error: unknown): void {
  const { firstQueryId, queryCount } = offer;
  const { state, mask } = load.ring;
  for (let queryId = firstQueryId; queryId < firstQueryId + queryCount; queryId += 1) {
    const slot = queryId & mask;
    if (state[slot] === queryState.issued) failQuery(load, { queryId, slot }, error);
  }
}

/**
 * Hands over `load.offer`, which lies at the head of the line; the target may complete inside. If `issue` throws, what
 * it had not answered has failed.
 *
 * @returns how many queries were taken
 */
export function handOver(load: LoadState, issuedAtNs: number): number {
  const { ring, tally, offer } = load;
  const firstId = offer.firstQueryId;
  const count = offer.queryCount;
  markIssued(ring, offer, issuedAtNs);
  tally.issuedCount += count;
  let takenCount = count;
  try {
    takenCount = takenOf(load.options.target.issue(offer), count);
  } catch (error) {
    failOffered(load, offer, error);
  }
  if (takenCount < count) {
    takenCount = takeBack(ring, offer, takenCount);
    tally.issuedCount -= count - takenCount;
  }
  ring.lineHeadId = Math.max(ring.lineHeadId, firstId + takenCount);
  if (takenCount === 0) {
    load.retryAtNs = issuedAtNs + retryAfterNs;
    if (load.refusedSinceNs < 0) load.refusedSinceNs = issuedAtNs;
  } else load.refusedSinceNs = -1;
  return takenCount;
}

/** Whether the line may be offered now: the target takes, or may take again. */
export function mayOffer(load: LoadState, isWoken: boolean): boolean {
  return load.refusedSinceNs < 0 || isWoken || load.latestNs >= load.retryAtNs;
}
