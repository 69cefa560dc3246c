import { nullLoad } from '../loadgen/bench-load.ts';
import { startNullLoadThread } from '../loadgen/null-load-thread.ts';
const { signal } = new AbortController();
await using thread = startNullLoadThread();
await thread.run(nullLoad('server',{qps:1e5,seconds:.3}),signal);
for (let i=0;i<2;i++) for (const qps of [100, 1000,10000]) {
  const r = await thread.run(nullLoad('server',{qps,seconds:2}, {percentile:.5}),signal);
  console.log(qps, JSON.stringify(r.issueErrorNs), r.cpuShare.toFixed(3), JSON.stringify(r.pacing));
}
