import { saturatedQps, type ProbePoint } from '#harness/judge/peak/peak-bracket.ts';

/** Fewer late queries say little about their share. */
const lateCountMin = 5;
/** With a larger share late the device is overloaded, and the share only says for how long. */
const lateShareMax = 0.5;

/** A rate and the logarithm of the share of late queries at it. */
interface LateShare {
  readonly qps: number;
  readonly logShare: number;
}

function lateShares(history: readonly ProbePoint[]): LateShare[] {
  return history.flatMap(({ targetQps, findings }) => {
    const share = findings.overLimitCount / Math.max(1, findings.queryCount);
    if (findings.overLimitCount < lateCountMin || share > lateShareMax) return [];
    return [{ qps: targetQps, logShare: Math.log(share) }];
  });
}

/** The lowest rate at which an overloaded device answered: at its capacity everything is late in the end. */
function capacity(history: readonly ProbePoint[]): LateShare | undefined {
  const rates = history.flatMap((point) => saturatedQps(point) ?? []);
  return rates.length === 0 ? undefined : { qps: Math.min(...rates), logShare: 0 };
}

/**
 * The rate at which the permitted share of queries is late, by a straight line through the two best points: the
 * logarithm of the share grows nearly linearly with the rate and is 0 at the capacity, as the time in a queue has an
 * exponential tail. Only a guess of where to probe; no decision rests on it.
 *
 * @returns undefined when less than two points are known, or the line falls
 */
export function peakEstimateQps(
  history: readonly ProbePoint[],
  percentile: number,
): number | undefined {
  const wanted = Math.log(1 - percentile);
  const ceiling = capacity(history);
  const points = lateShares(history)
    .filter(({ qps }) => ceiling === undefined || qps < ceiling.qps)
    .toSorted((a, b) => Math.abs(a.logShare - wanted) - Math.abs(b.logShare - wanted));
  const [near] = points;
  if (near === undefined) return undefined;
  const far = points.find(({ qps }) => Math.abs(qps / near.qps - 1) > 0.02) ?? ceiling;
  if (far === undefined) return undefined;
  const slope = (far.logShare - near.logShare) / (far.qps - near.qps);
  if (!(slope > 0)) return undefined;
  const qps = near.qps + (wanted - near.logShare) / slope;
  return qps > 0 ? qps : undefined;
}
