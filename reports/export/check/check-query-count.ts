import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

interface Counts {
  readonly result: number;
  readonly generated: number | undefined;
  readonly perQuery: number | undefined;
  readonly least: number | undefined;
}

/** What is wrong with the count of a load that issues query after query; it may end before all were issued. */
function streamProblem({ result, generated, least }: Counts): string | undefined {
  if (generated !== undefined && result > generated)
    return `is ${result}, but only ${generated} queries were generated`;
  if (least !== undefined && result < least)
    return `is ${result}, fewer than the ${least} asked for`;
  return undefined;
}

function serverProblem(counts: Counts): string | undefined {
  const { result, generated } = counts;
  if (generated !== undefined && result !== generated)
    return `is ${result}, but ${generated} queries were generated and all of them are issued`;
  return streamProblem(counts);
}

/** Offline is one query; some writers count its samples. */
function offlineProblem({ result, perQuery }: Counts): string | undefined {
  if (perQuery === undefined || result === 1 || result === perQuery) return undefined;
  return `is ${result}, neither one query nor its ${perQuery} samples`;
}

function problemOf(scenario: string, counts: Counts): string | undefined {
  if (!Number.isInteger(counts.result) || counts.result < 1)
    return `is ${counts.result}, no number of queries`;
  if (scenario === 'Offline') return offlineProblem(counts);
  return scenario === 'Server' ? serverProblem(counts) : streamProblem(counts);
}

/** The number of queries fits what the log says was generated and asked for. */
export function checkQueryCount({ file, content, leg, scenario }: LogView): Finding[] {
  const line = content.find('result_query_count');
  if (leg === 'accuracy' || line === undefined) return [];
  const problem = problemOf(scenario, {
    result: content.number('result_query_count') ?? Number.NaN,
    generated: content.number('generated_query_count'),
    perQuery: content.number('effective_samples_per_query'),
    least: content.number('effective_min_query_count'),
  });
  if (problem === undefined) return [];
  const message = `result_query_count ${problem}.`;
  return [finding('error', { file, line: line.line }, { check: 'query-count', message })];
}
