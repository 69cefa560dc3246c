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
  if (scenario === 'server') return columns.scheduledNs;
  return scenario === 'offline' ? undefined : (columns.issuedNs ?? columns.scheduledNs);
}

function checkedLatencies(latencyNs: Float64Array): Float64Array {
  const wrong = latencyNs.findIndex((value) => value < 0);
  if (wrong >= 0) throw invalid(`query ${wrong} completed before it began`);
  return latencyNs;
}

function latenciesOf(columns: RecordedColumns, starts: Float64Array | undefined): Float64Array {
  const { latencyNs, completedNs } = columns;
  if (latencyNs !== undefined) return latencyNs;
  if (completedNs === undefined) throw invalid('there are neither latencies nor completions');
  return checkedLatencies(difference(completedNs, starts));
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
  if (ttftNs !== undefined) return { ttftNs, assumptions: [] };
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
  return { ttftNs: sinceStart, assumptions: ['firstTokenNs are instants, as scheduledNs are'] };
}

/** What was recorded, as the judge takes it. @throws LabError loadgen/latencies-invalid */
export function recordedQueries(
  columns: RecordedColumns,
  scenario: RecordedSettings['scenario'],
): DerivedQueries {
  const { queryCount, isCut, tokenCount, issuedNs, scheduledNs } = columns;
  const starts = startsOf(columns, scenario);
  const latencyNs = latenciesOf(columns, starts);
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
    assumptions: [...(isCut ? ['fractions of a nanosecond were cut off'] : []), ...assumptions],
  };
}
