import { makeRowRing } from '#harness/loadgen/row-ring.ts';
import { rowRingWriter } from '#harness/loadgen/row-ring-writer.ts';
import { startRowLogWriter } from './row-log-writer.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { statSync, unlinkSync } from 'node:fs';
const clock = systemClock();
const mode = process.argv[2]; const n = Number(process.argv[3]); const cap = Number(process.argv[4] ?? 1<<20); const det = process.argv[5]==='d';
const ring = makeRowRing({ rowCapacity: cap, hasDetails: det });
const path='/tmp/h7-bench.bin', detailsPath='/tmp/h7-bench-d.bin';
const log = await startRowLogWriter({ path, ...(det?{detailsPath}:{}), ring }, console.log, AbortSignal.timeout(10000));
const w = rowRingWriter(ring, clock);
const row = { scheduledAtNs: 1, issueDelayNs: 0, latencyNs: 5000, status: 0 };
const d = { deviceDurationNs: 1, firstTokenNs: 2, tokenCount: 3 };
for(let i=0;i<100000;i++) w.add(row, d);
await new Promise(r=>setTimeout(r,200));
const h0=process.memoryUsage(); const t0=clock.nowNs();
if (mode==='add') for (let i=0;i<n;i++) { row.scheduledAtNs = i*1000; row.latencyNs = 1000+(i&1023); w.add(row, d); }
else if (mode==='range') w.addRange(row, n);
else { const c0=process.cpuUsage(); await new Promise(r=>setTimeout(r,n*1000)); const c=process.cpuUsage(c0); console.log('idle cpu %', (c.user+c.system)/1e4/n); }
const t1=clock.nowNs(); const h1=process.memoryUsage();
await log.close(); const t2=clock.nowNs();
console.log(mode, n, 'ns/row', ((t1-t0)/n).toFixed(1), 'Mrows/s', (n/((t1-t0)/1e9)/1e6).toFixed(1), 'close ms', ((t2-t1)/1e6).toFixed(0), w.statistics(), 'heap', ((h1.heapUsed-h0.heapUsed)/1e6).toFixed(2),'rss',((h1.rss-h0.rss)/1e6).toFixed(1), statSync(path).size);
unlinkSync(path); if(det) unlinkSync(detailsPath);
