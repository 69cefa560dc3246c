import { assert } from '#harness/kernel/assert.ts';

const halvingCount = 200;

/** 1 + f/(f+1) c + f/(f+1) (f+2)/(f+3) c^2 + …, where c is the square of the cosine; f is 1 for even degrees, 2 for odd. */
function cosineSeries(cosineSquared: number, firstFactor: number, termCount: number): number {
  let term = 1;
  let sum = termCount > 0 ? 1 : 0;
  for (let place = 1; place < termCount; place += 1) {
    const above = firstFactor + 2 * (place - 1);
    term *= (above / (above + 1)) * cosineSquared;
    sum += term;
  }
  return sum;
}

/**
 * P[|T| <= t] of Student's distribution, in closed form for whole degrees of freedom.
 *
 * @param degrees - whole, at least 1; the time is proportional to it
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4
 */
export function centralShare(t: number, degrees: number): number {
  assert(Number.isInteger(degrees) && degrees >= 1, 'degrees of freedom are whole, at least 1');
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 1;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  if (degrees % 2 === 0) return sine * cosineSeries(cosine * cosine, 1, degrees / 2);
  const series = sine * cosine * cosineSeries(cosine * cosine, 2, (degrees - 1) / 2);
  return (2 / Math.PI) * (angle + series);
}

/**
 * The t that |T| does not exceed with this probability: 2.776 for 0.95 and 4 degrees of freedom.
 *
 * @param confidence - in 0 < c < 1, two-sided
 */
export function centralQuantile(confidence: number, degrees: number): number {
  assert(confidence > 0 && confidence < 1, 'a confidence lies between 0 and 1');
  let high = 1;
  while (centralShare(high, degrees) < confidence) high *= 2;
  let low = 0;
  for (let step = 0; step < halvingCount && low < high; step += 1) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (centralShare(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return high;
}
