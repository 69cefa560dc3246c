import { labError } from '#harness/contracts/error-catalogue.ts';
import type { RecordedColumn, RecordedQueries } from '#harness/judge/recorded/recorded-load.ts';
import type { RecordedSettings } from '#harness/judge/recorded/recorded-settings.ts';

import type { RecordedColumns } from './recorded-columns.ts';

/** Queries as the judge reads them, and what was taken for given to get there. */
export interface DerivedQueries {
  readonly queries: RecordedQueries;
  readonly assumptions: readonly string[];
}

/** Columns of the same length; NaN where one of the two has none. */
function difference(from: Float64Array, minus: Float64Array | undefined): Float64Array {
  return minus === undefined
    ? from
    : Float64Array.from(from, (value, row) => value - (minus[row] ?? Number.NaN));
}

function column(values: Float64Array): RecordedColumn {
  return (first, count, into) => into.set(values.subarray(first, first + count));
}

function invalid(problem: string): Error {
  return labError('loadgen/latencies-invalid', problem);
}

/** The instants from which latencies count, where they were recorded. */
function startsOf(
  columns: RecordedColumns,
  scenario: RecordedSettings['scenario'],
): Float64Array | undefined {
  if (scenario === 'server') return columns.scheduledNs ?? columns.issuedNs;
  return scenario === 'offline' ? undefined : (columns.issuedNs ?? columns.scheduledNs);
}

function checkedLatencies(latencyNs: Float64Array): Float64Array {
  const wrong = latencyNs.findIndex((value) => value < 0);
  if (wrong >= 0) throw invalid(`query ${wrong} completed before it began`);
  return latencyNs;
}

function latenciesOf(
  columns: RecordedColumns,
  starts: Float64Array | undefined,
  scenario: RecordedSettings['scenario'],
): Float64Array {
  const { latencyNs, completedNs } = columns;
  if (latencyNs !== undefined) return latencyNs;
  if (completedNs === undefined) throw invalid('there are neither latencies nor completions');
  if (starts === undefined && scenario !== 'offline')
    throw invalid(
      'completedNs are instants: scheduledNs or issuedNs must say what they count from',
    );
  return checkedLatencies(difference(completedNs, starts));
}

/** What the instants of the data do not say, or say twice. */
function instantAssumptions(
  columns: RecordedColumns,
  starts: Float64Array | undefined,
  scenario: RecordedSettings['scenario'],
): string[] {
  const { latencyNs, completedNs, issuedNs, scheduledNs } = columns;
  const isSaidTwice = latencyNs !== undefined && completedNs !== undefined;
  const taken = isSaidTwice ? difference(completedNs, starts) : undefined;
  const isContradicted = taken?.some((value, row) => Math.abs(value - (latencyNs?.[row] ?? 0)) > 0);
  return [
    ...(isContradicted === true
      ? ['completedNs is ignored: it contradicts the latencies, which are given']
      : []),
    ...(scenario === 'server' && scheduledNs === undefined && issuedNs !== undefined
      ? ['no scheduled instants: each query was issued when it was due']
      : []),
  ];
}

/** A first token after the completion would make the time per token negative. */
function checkedFirstTokens(ttftNs: Float64Array, latencyNs: Float64Array): Float64Array {
  const wrong = ttftNs.findIndex((value, row) => value > (latencyNs[row] ?? Number.NaN));
  if (wrong >= 0) throw invalid(`query ${wrong} has its first token after its completion`);
  return ttftNs;
}

/** Whether first tokens are instants: as durations some would come after the completion. */
function areInstants(firstTokenNs: Float64Array, latencyNs: Float64Array): boolean {
  return firstTokenNs.some((value, row) => value > (latencyNs[row] ?? Number.NaN));
}

function firstTokensOf(
  columns: RecordedColumns,
  latencyNs: Float64Array,
  starts: Float64Array | undefined,
): { readonly ttftNs?: Float64Array; readonly assumptions: readonly string[] } {
  const { ttftNs, firstTokenNs } = columns;
  if (ttftNs !== undefined)
    return { ttftNs: checkedFirstTokens(ttftNs, latencyNs), assumptions: [] };
  if (firstTokenNs === undefined) return { assumptions: [] };
  if (!areInstants(firstTokenNs, latencyNs))
    return {
      ttftNs: firstTokenNs,
      assumptions: ['firstTokenNs counts from the same instant as the latency'],
    };
  if (starts === undefined)
    throw invalid(
      'first tokens come after the completions, and no instants say what they count from',
    );
  const sinceStart = checkedLatencies(difference(firstTokenNs, starts));
  checkedFirstTokens(sinceStart, latencyNs);
  return { ttftNs: sinceStart, assumptions: ['firstTokenNs are instants, as scheduledNs are'] };
}

/** What was recorded, as the judge takes it. @throws LabError loadgen/latencies-invalid */
export function recordedQueries(
  columns: RecordedColumns,
  scenario: RecordedSettings['scenario'],
): DerivedQueries {
  const { queryCount, isCut, tokenCount, issuedNs, scheduledNs } = columns;
  const starts = startsOf(columns, scenario);
  const latencyNs = latenciesOf(columns, starts, scenario);
  const { ttftNs, assumptions } = firstTokensOf(columns, latencyNs, starts);
  const delayNs =
    scenario === 'server' && issuedNs !== undefined && scheduledNs !== undefined
      ? difference(issuedNs, scheduledNs).map((value) => Math.max(0, value))
      : undefined;
  return {
    queries: {
      queryCount,
      latencyNs: column(latencyNs),
      ...(starts === undefined ? {} : { countedFromNs: column(starts) }),
      ...(delayNs === undefined ? {} : { issueDelayNs: column(delayNs) }),
      ...(ttftNs === undefined ? {} : { firstTokenNs: column(ttftNs) }),
      ...(tokenCount === undefined ? {} : { tokenCount: column(tokenCount) }),
    },
    assumptions: [
      ...(isCut ? ['fractions of a nanosecond were cut off'] : []),
      ...instantAssumptions(columns, starts, scenario),
      ...assumptions,
    ],
  };
}
