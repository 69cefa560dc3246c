import type { QueryBlock } from '../raw/query-blocks.ts';
import { rowStatus } from '../raw/query-row.ts';

/** Writes the values that a block has of a quantity; returns how many. No allocation. */
export type Quantity = (block: QueryBlock, values: Float64Array) => number;

/** Latencies of completed queries; fractions, which only a log of rule set 1 can have, are cut off. */
export const latencies: Quantity = ({ rowCount, status, latencyNs }, values) => {
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if (status[row] !== rowStatus.completed) continue;
    values[count] = Math.floor(latencyNs[row] ?? 0);
    count += 1;
  }
  return count;
};

/** Issue delays of all queries that were issued. */
export const issueDelays: Quantity = ({ rowCount, status, issueDelayNs }, values) => {
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if ((status[row] ?? 0) > rowStatus.lost) continue;
    values[count] = issueDelayNs[row] ?? 0;
    count += 1;
  }
  return count;
};

/** Times to first token of completed queries that had one; whole nanoseconds. */
export const firstTokens: Quantity = ({ rowCount, status, firstTokenNs }, values) => {
  if (firstTokenNs === undefined) return 0;
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const timeNs = firstTokenNs[row] ?? Number.NaN;
    if (status[row] !== rowStatus.completed || Number.isNaN(timeNs)) continue;
    values[count] = Math.floor(timeNs);
    count += 1;
  }
  return count;
};

/**
 * Times per output token of completed queries with a first token and more than one token:
 * (latency - time to first token) div (tokens - 1).
 */
export const tokenPeriods: Quantity = (block, values) => {
  const { rowCount, status, latencyNs, firstTokenNs, tokenCount } = block;
  if (firstTokenNs === undefined || tokenCount === undefined) return 0;
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const timeNs = Math.floor(firstTokenNs[row] ?? Number.NaN);
    const tokens = tokenCount[row] ?? 0;
    if (status[row] !== rowStatus.completed || tokens < 2 || Number.isNaN(timeNs)) continue;
    values[count] = Math.max(0, Math.floor(((latencyNs[row] ?? 0) - timeNs) / (tokens - 1)));
    count += 1;
  }
  return count;
};
