/** A rule as it is shown. */
interface ShownRule {
  readonly rule: string;
  readonly measured: number;
  readonly limit: number;
  readonly distance: number;
  readonly unit: string;
  readonly advice: string;
}

/** What is shown of a judgement. */
export interface ShownJudgement {
  readonly scenario: string;
  readonly metric: { readonly name: string; readonly value: number | null; readonly unit: string };
  readonly counts: {
    readonly queries: number;
    readonly samples: number;
    readonly completed: number;
  };
  readonly percentiles: Readonly<Record<string, number>> | null;
  readonly overLatencyCount: number | null;
  readonly earlyStopping: { readonly met: boolean; readonly queriesNeeded: number };
  readonly validity: { readonly valid: boolean; readonly reasons: readonly ShownRule[] };
  readonly assumptions: readonly string[];
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}

function reasonLine({ rule, measured, limit, distance, unit, advice }: ShownRule): string {
  const found = `${number(measured)} ${unit}, limit ${number(limit)} ${unit}, ${number(distance)} away`;
  return `${rule}: ${found}. ${advice}`;
}

/** A judgement as lines for a person: the verdict last. Pure. */
export function judgementLines(judged: ShownJudgement): string[] {
  const { metric, counts, percentiles, overLatencyCount, earlyStopping, validity } = judged;
  const value = metric.value === null ? 'not stated' : `${number(metric.value)} ${metric.unit}`;
  const stopping = earlyStopping.met
    ? 'met'
    : `not met, ${earlyStopping.queriesNeeded} more queries needed`;
  return [
    `${judged.scenario}: ${metric.name} ${value}`,
    `queries: ${counts.queries}, samples: ${counts.samples}, completed: ${counts.completed}`,
    ...Object.entries(percentiles ?? {}).map(
      ([name, ns]) => `${name.replace('_', '.')}: ${number(ns / 1e6)} ms`,
    ),
    ...(overLatencyCount === null ? [] : [`over the limit: ${overLatencyCount}`]),
    `early stopping: ${stopping}`,
    ...judged.assumptions.map((assumption) => `assumed: ${assumption}`),
    ...validity.reasons.map(reasonLine),
    validity.valid ? 'VALID' : 'INVALID',
  ];
}
