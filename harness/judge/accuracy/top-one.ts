/**
 * The class a model answers: the place of the largest value, the lowest one of equals.
 *
 * @returns undefined when the output is empty, holds a NaN, or says nothing (several values, all of them 0), which is
 *   never right
 */
export function answeredClass(output: Float32Array): number | undefined {
  let best: number | undefined;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const [place, value] of output.entries()) {
    if (Number.isNaN(value)) return undefined;
    if (best === undefined || value > bestValue) [best, bestValue] = [place, value];
  }
  const saysNothing = output.length > 1 && output.every((value) => value === 0);
  return saysNothing ? undefined : best;
}
