/**
 * The class a model answers: the place of the largest value, the lowest one of equals.
 *
 * @returns undefined when the output is empty or holds a NaN, which is never right
 */
export function answeredClass(output: Float32Array): number | undefined {
  let best: number | undefined;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const [place, value] of output.entries()) {
    if (Number.isNaN(value)) return undefined;
    if (best === undefined || value > bestValue) [best, bestValue] = [place, value];
  }
  return best;
}
