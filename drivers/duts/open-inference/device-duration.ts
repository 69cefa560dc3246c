/** The parameter of an answer that carries the server's own time of the inference, nanoseconds. */
export const durationParameter = 'inference_duration_ns';

const nsPerMs = 1e6;
const metricPattern = /^\s*infer\s*;(.*)$/i;
const lengthPattern = /^\s*dur\s*=\s*"?(\d{1,15}(?:\.\d{1,9})?)"?\s*$/i;

/** A duration as a parameter may carry it: a number, or one in text. @returns undefined when it is none, or not positive */
export function parameterDurationNs(value: unknown): number | undefined {
  const durationNs = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof durationNs === 'number' && Number.isFinite(durationNs) && durationNs > 0
    ? durationNs
    : undefined;
}

/**
 * The metric `infer` of a `Server-Timing` header, whose durations are milliseconds: `queue;dur=0.2, infer;dur=3.25`.
 *
 * @returns nanoseconds; undefined when it has none
 */
export function serverTimingNs(header: string | undefined): number | undefined {
  for (const entry of (header ?? '').split(',')) {
    const parameters = metricPattern.exec(entry)?.[1]?.split(';') ?? [];
    for (const parameter of parameters) {
      const milliseconds = lengthPattern.exec(parameter)?.[1];
      if (milliseconds !== undefined) {
        return parameterDurationNs(Math.round(Number(milliseconds) * nsPerMs));
      }
    }
  }
  return undefined;
}
