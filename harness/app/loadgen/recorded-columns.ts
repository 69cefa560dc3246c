import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';

/** What was recorded of each query, in the order of issue; NaN where a query has it not. Nanoseconds and counts. */
export interface RecordedColumns {
  readonly queryCount: number;
  readonly latencyNs?: Float64Array;
  readonly scheduledNs?: Float64Array;
  readonly issuedNs?: Float64Array;
  readonly completedNs?: Float64Array;
  /** An instant, or a duration since the one from which the latency counts. */
  readonly firstTokenNs?: Float64Array;
  /** A duration. */
  readonly ttftNs?: Float64Array;
  readonly tokenCount?: Float64Array;
  /** Whether any value had a fraction, which was cut off. */
  readonly isCut: boolean;
}

/** The keys of one query, in the order they are documented. */
const queryKeys = [
  'latencyNs',
  'scheduledNs',
  'issuedNs',
  'completedNs',
  'firstTokenNs',
  'ttftNs',
  'tokenCount',
] as const;
type QueryKey = (typeof queryKeys)[number];

/** Names of the columns of an object of lists. */
const columnNames: Readonly<Record<string, QueryKey>> = {
  latenciesNs: 'latencyNs',
  tokenCounts: 'tokenCount',
  ...Object.fromEntries(queryKeys.map((key) => [key, key] as const)),
};

const ListSchema = Type.Array(Type.Unknown());
const ObjectSchema = Type.Record(Type.String(), Type.Unknown());

/** @throws LabError loadgen/latencies-invalid */
function invalid(problem: string): Error {
  return labError('loadgen/latencies-invalid', problem);
}

/** A value of a column: null and absent are NaN. */
function recordedValue(value: unknown, place: string): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value !== 'number' || value < 0) {
    const found = (JSON.stringify(value) ?? 'nothing').slice(0, 60);
    throw invalid(`${place} is ${found}, not a number of 0 or more, or null`);
  }
  if (value > Number.MAX_SAFE_INTEGER)
    throw invalid(
      `${place} is ${value}, over 2^53-1: instants count from the beginning of the load`,
    );
  return value;
}

/** The log of queries holds a count of tokens in 32 bits. */
const tokenCountMax = 4_294_967_295;

function checkedCount(key: QueryKey, value: number, place: string): number {
  if (key === 'tokenCount' && value > tokenCountMax)
    throw invalid(`${place} is ${value}, over ${tokenCountMax}`);
  return value;
}

/** Columns that are filled value by value. */
interface Filling {
  readonly queryCount: number;
  readonly columns: Map<QueryKey, Float64Array>;
  isCut: boolean;
}

function columnOf(filling: Filling, key: QueryKey): Float64Array {
  const known = filling.columns.get(key);
  if (known !== undefined) return known;
  const column = new Float64Array(filling.queryCount).fill(Number.NaN);
  filling.columns.set(key, column);
  return column;
}

/** A value in whole nanoseconds, or of whole things. */
function whole(filling: Filling, value: number): number {
  const cut = Math.floor(value);
  if (cut < value) filling.isCut = true;
  // -0 is a number of JSON; none is kept.
  return cut + 0;
}

function queryKey(name: string, place: string): QueryKey {
  const key = queryKeys.find((known) => known === name);
  if (key === undefined)
    throw invalid(`${place} has the unknown key ${name}; known are ${queryKeys.join(', ')}`);
  return key;
}

function fillLatency(filling: Filling, row: number, latency: unknown): void {
  const isPlain = typeof latency === 'number' && latency >= 0 && latency <= Number.MAX_SAFE_INTEGER;
  const value = isPlain ? latency : recordedValue(latency, `query ${row}`);
  columnOf(filling, 'latencyNs')[row] = whole(filling, value);
}

function fillQuery(filling: Filling, row: number, query: unknown): void {
  // A schema is checked for objects only: it is slow, and lists of numbers are long.
  const isRecord = typeof query === 'object' && Value.Check(ObjectSchema, query);
  if (!isRecord) {
    fillLatency(filling, row, query);
    return;
  }
  const place = `query ${row}`;
  for (const [name, value] of Object.entries(query)) {
    const key = queryKey(name, place);
    const at = `${name} of ${place}`;
    columnOf(filling, key)[row] = whole(filling, checkedCount(key, recordedValue(value, at), at));
  }
}

function fillColumn(filling: Filling, name: string, values: readonly unknown[]): void {
  const key = columnNames[name];
  if (key === undefined)
    throw invalid(`unknown list ${name}; known are ${Object.keys(columnNames).join(', ')}`);
  if (filling.columns.has(key)) throw invalid(`${key} is there twice`);
  if (values.length !== filling.queryCount)
    throw invalid(`${name} has ${values.length} values, other lists ${filling.queryCount}`);
  const column = columnOf(filling, key);
  for (const [row, value] of values.entries()) {
    const at = `${name}[${row}]`;
    column[row] = whole(filling, checkedCount(key, recordedValue(value, at), at));
  }
}

function listsOf(value: Record<string, unknown>): [string, readonly unknown[]][] {
  return Object.entries(value).map(([name, list]) => {
    if (!Value.Check(ListSchema, list)) throw invalid(`${name} is not a list`);
    return [name, list];
  });
}

/**
 * Recorded queries as JSON: a list of latencies, a list of objects, one a query, or an object of lists.
 *
 * @throws LabError loadgen/latencies-invalid naming the first value that is wrong
 */
export function recordedColumns(value: unknown): RecordedColumns {
  if (Value.Check(ListSchema, value)) {
    const filling: Filling = { queryCount: value.length, columns: new Map(), isCut: false };
    if (value.length === 0) columnOf(filling, 'latencyNs');
    for (const [row, query] of value.entries()) fillQuery(filling, row, query);
    return finished(filling);
  }
  if (!Value.Check(ObjectSchema, value)) throw invalid('neither a list nor an object of lists');
  const lists = listsOf(value);
  const [first] = lists;
  if (first === undefined) throw invalid('no lists');
  const filling: Filling = { queryCount: first[1].length, columns: new Map(), isCut: false };
  for (const [name, list] of lists) fillColumn(filling, name, list);
  return finished(filling);
}

function finished({ queryCount, columns, isCut }: Filling): RecordedColumns {
  return { queryCount, isCut, ...Object.fromEntries(columns) };
}
