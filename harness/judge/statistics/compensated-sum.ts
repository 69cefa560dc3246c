/** A running sum that keeps what each addition rounds away. */
export interface CompensatedSum {
  readonly add: (value: number) => void;
  readonly total: () => number;
}

/**
 * A sum whose error does not grow with the number of terms, so that their order does not show in the result.
 *
 * @see Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen (1974)
 */
export function compensatedSum(): CompensatedSum {
  let sum = 0;
  let lost = 0;
  return {
    add: (value) => {
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => sum + lost,
  };
}

/** The sum of all values by `compensatedSum`; 0 of none. */
export function sumOf(values: Iterable<number>): number {
  const sum = compensatedSum();
  for (const value of values) sum.add(value);
  return sum.total();
}
