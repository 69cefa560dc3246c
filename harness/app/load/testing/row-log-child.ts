import process from 'node:process';

import { rowStatus } from '#harness/judge/raw/query-row.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { rowRingWriter } from '#harness/loadgen/row-ring-writer.ts';
import { makeRowRing } from '#harness/loadgen/row-ring.ts';

import { startRowLogWriter } from '../row-log-writer.ts';

/**
 * A process that writes rows until it is killed: `row-log-child.ts PATH DETAILS-PATH`. Instants are those of
 * `process.hrtime`; latencies and tokens count the rows, so that a torn or lost row shows.
 */
const [path, detailsPath] = process.argv.slice(2);
const clock = systemClock(0n);
const ring = makeRowRing({ rowCapacity: 65_536, hasDetails: true });
await startRowLogWriter(
  {
    path: assertDefined(path, 'a path'),
    detailsPath: assertDefined(detailsPath, 'a second'),
    ring,
  },
  () => undefined,
  AbortSignal.timeout(30_000),
);
const writer = rowRingWriter(ring, clock);
process.stdout.write('writing\n');
const details = { deviceDurationNs: 1, firstTokenNs: 2, tokenCount: 0 };
const row = { scheduledAtNs: 0, issueDelayNs: 0, latencyNs: 0, status: rowStatus.completed };
for (let count = 0; ; count += 1) {
  row.scheduledAtNs = clock.nowNs();
  row.latencyNs = count;
  row.issueDelayNs = count % 4096;
  details.tokenCount = count;
  writer.add(row, details);
  const nextNs = row.scheduledAtNs + 5000;
  while (clock.nowNs() < nextNs);
}
