import { assertDefined } from '#harness/kernel/assert.ts';

/** Where a numbered query stands. In line: due, not yet taken by the target. */
export const queryState = { ended: 0, inLine: 1, issued: 2 } as const;

/** Late completions are told from duplicates by the last so many lost queries. */
const lostCountMax = 65_536;
const slotCountMin = 1024;

/**
 * The queries of a load by number, in arrays that are made once. A query's slot is its number modulo the ring's
 * size; one that is still open when its slot is needed again moves to a straggler's slot behind the ring. Numbers are
 * given in order, so the oldest open query is the next whose deadline comes.
 */
export interface QueryRing {
  /** Ring size minus 1; slots above it hold stragglers. */
  readonly mask: number;
  /** Values of `queryState`. */
  readonly state: Uint8Array;
  readonly scheduledAtNs: Float64Array;
  readonly issuedAtNs: Float64Array;
  /** One of the two above: where the deadline counts from. */
  readonly deadlineFromNs: Float64Array;
  /** The next number to give. */
  nextId: number;
  /** From here to `nextId` queries are in line. */
  lineHeadId: number;
  /** No query of the ring below this is open; stragglers are older. */
  oldestId: number;
  /** Issued and not ended, stragglers included. */
  issuedCount: number;
  /** Slots of stragglers by number, oldest first. */
  readonly stragglers: Map<number, number>;
  readonly freeSlots: number[];
  /** -1 when there is none. */
  oldestStragglerId: number;
  /** Scheduled instants of the lost queries that may still complete, oldest first. */
  readonly lost: Map<number, number>;
}

/** How a ring is made. */
export interface QueryRingOptions {
  /** Queries in line or issued at once. */
  readonly openCountMax: number;
  readonly deadlineFrom: 'schedule' | 'issue';
}

/** A ring of the power of two above `openCountMax`; 34 bytes a slot. */
export function queryRing({ openCountMax, deadlineFrom }: QueryRingOptions): QueryRing {
  let size = slotCountMin;
  while (size <= openCountMax) size *= 2;
  const scheduledAtNs = new Float64Array(2 * size);
  const issuedAtNs = new Float64Array(2 * size);
  return {
    mask: size - 1,
    state: new Uint8Array(2 * size),
    scheduledAtNs,
    issuedAtNs,
    deadlineFromNs: deadlineFrom === 'schedule' ? scheduledAtNs : issuedAtNs,
    nextId: 0,
    lineHeadId: 0,
    oldestId: 0,
    issuedCount: 0,
    stragglers: new Map(),
    freeSlots: [],
    oldestStragglerId: -1,
    lost: new Map(),
  };
}

/** The slot of a query whose number was given, as long as it can be told; else -1. */
export function slotOf(ring: QueryRing, queryId: number): number {
  // Also refuses NaN.
  if (!(queryId >= 0 && queryId < ring.nextId) || Math.floor(queryId) !== queryId) return -1;
  if (queryId >= ring.nextId - ring.mask - 1) return queryId & ring.mask;
  return ring.stragglers.get(queryId) ?? -1;
}

function moveToStragglers(ring: QueryRing, queryId: number): void {
  const from = queryId & ring.mask;
  const slot = ring.freeSlots.pop() ?? ring.mask + 1 + ring.stragglers.size;
  ring.state[slot] = ring.state[from] ?? 0;
  ring.scheduledAtNs[slot] = ring.scheduledAtNs[from] ?? 0;
  ring.issuedAtNs[slot] = ring.issuedAtNs[from] ?? 0;
  ring.stragglers.set(queryId, slot);
  if (ring.oldestStragglerId < 0) ring.oldestStragglerId = queryId;
}

/** Gives the next number to a query, which is in line from now on. */
export function enterLine(ring: QueryRing, scheduledAtNs: number): void {
  const slot = ring.nextId & ring.mask;
  if (ring.state[slot] !== queryState.ended) moveToStragglers(ring, ring.nextId - ring.mask - 1);
  ring.state[slot] = queryState.inLine;
  ring.scheduledAtNs[slot] = scheduledAtNs;
  ring.nextId += 1;
}

/** Consecutive queries. */
export interface RingSpan {
  readonly firstId: number;
  readonly count: number;
}

/** Fills the slots of consecutive queries, at most a ring of them. */
export function fillSpan(
  ring: QueryRing,
  span: RingSpan,
  fill: (from: number, to: number) => void,
): void {
  const from = span.firstId & ring.mask;
  const to = from + span.count;
  fill(from, Math.min(to, ring.mask + 1));
  if (to > ring.mask + 1) fill(0, to - ring.mask - 1);
}

/** What is in line was never issued and will not be: its numbers are given back. */
export function dropLine(ring: QueryRing): void {
  const span = { firstId: ring.lineHeadId, count: ring.nextId - ring.lineHeadId };
  fillSpan(ring, span, (from, to) => ring.state.fill(queryState.ended, from, to));
  ring.nextId = ring.lineHeadId;
}

/** The query is over: its row was written. */
export function endQuery(ring: QueryRing, queryId: number, slot: number): void {
  if (ring.state[slot] === queryState.issued) ring.issuedCount -= 1;
  ring.state[slot] = queryState.ended;
  if (slot <= ring.mask) return;
  ring.stragglers.delete(queryId);
  ring.freeSlots.push(slot);
  if (queryId !== ring.oldestStragglerId) return;
  const [next] = ring.stragglers.keys();
  ring.oldestStragglerId = next ?? -1;
}

/** Notes a lost query, so that its completion is known as late. */
export function rememberLost(ring: QueryRing, queryId: number, scheduledAtNs: number): void {
  if (ring.lost.size >= lostCountMax) {
    const [first] = ring.lost.keys();
    ring.lost.delete(assertDefined(first, 'a full map has a first entry'));
  }
  ring.lost.set(queryId, scheduledAtNs);
}

/** The oldest query in line or issued; -1 when there is none. Amortised constant time. */
export function oldestOpen(ring: QueryRing): number {
  if (ring.oldestStragglerId >= 0) return ring.oldestStragglerId;
  const { state, mask, nextId } = ring;
  let id = Math.max(ring.oldestId, nextId - mask - 1);
  while (id < nextId && state[id & mask] === queryState.ended) id += 1;
  ring.oldestId = id;
  return id < nextId ? id : -1;
}
