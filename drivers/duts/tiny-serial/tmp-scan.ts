import { keywordSample, openBoardProcess } from './board-process-dut.ts';
const inTime = () => AbortSignal.timeout(80_000);
const impatient = { chunkTimeoutMs: 300, commandTimeoutMs: 500, probeTimeoutMs: 300, quietMs: 40, ...JSON.parse(process.argv[6] ?? '{}') };
const samples = [0,1,2,3].map((i) => keywordSample.map((b) => b + i*50));
async function answersOf(dut: any) { await dut.identify(inTime()); const a: string[] = []; for (const s of samples) { await dut.load(s, inTime()); a.push(String((await dut.infer(inTime())).output)); } return a; }
let expected: string[];
{ await using clean = await openBoardProcess([]); expected = await answersOf(clean.dut); }
const [kind, from, to, step] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), Number(process.argv[5])];
let zero = 0, wrong = 0, failed = 0, n = 0; const worst: number[] = [];
for (let p = from; p <= to; p += step) {
  n++;
  await using f = await openBoardProcess(['--fault', `${kind}:${p}`], impatient);
  const t = performance.now();
  try {
    const got = await answersOf(f.dut);
    const c = f.dut.counters();
    if (got.some((g, i) => g !== expected[i])) { wrong++; console.log('WRONG', kind, p, JSON.stringify(c)); for (const [i,g] of got.entries()) if (g !== expected[i]) console.log(g, '\n', expected[i]); }
    if (c.retryCount + c.resyncCount + c.garbledReplyCount === 0) zero++;
    worst.push(c.retryCount);
  } catch (e: any) { failed++; console.log('FAILED', kind, p, e.code, e.message, JSON.stringify(e.details).slice(0,300)); }
  worst.sort((a,b)=>b-a); void t;
}
console.log(kind, 'runs', n, 'wrong', wrong, 'failed', failed, 'no error seen', zero, 'retries', worst.slice(0,5).join(' '));
