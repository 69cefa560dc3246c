/** A share as people write it: 0.9 is `p90`, 0.999 is `p99.9`. */
export function percentileName(share: number): string {
  return `p${Math.round(share * 1e4) / 100}`;
}

/** What is stated of a latency. */
interface StatedPercentiles {
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p95Ns: number;
  readonly p97Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
}

/** The value of a percentile in nanoseconds; undefined where a record does not state it. */
export function statedPercentileNs(stated: StatedPercentiles, share: number): number | undefined {
  const byTenThousandths = new Map([
    [5000, stated.p50Ns],
    [9000, stated.p90Ns],
    [9500, stated.p95Ns],
    [9700, stated.p97Ns],
    [9900, stated.p99Ns],
    [9990, stated.p999Ns],
  ]);
  return byTenThousandths.get(Math.round(share * 1e4));
}
