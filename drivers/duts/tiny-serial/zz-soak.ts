import { LabError } from '#harness/kernel/lab-error.ts';
import { openBoardProcess, keywordSample } from './board-process-dut.ts';
const samples=[0,1,2,3,4,5].map(i=>keywordSample.map(b=>b+i*37));
async function run(opts:string[],config:Record<string,unknown>){
  await using b=await openBoardProcess(opts,config);
  const sig=AbortSignal.timeout(60000);const out:string[]=[];
  try{ await b.dut.identify(sig); for(const s of samples){await b.dut.load(s,sig);out.push([...(await b.dut.infer(sig)).output].join());} await b.dut.release(sig);}
  catch(e){ out.push('!'+(e instanceof LabError?e.code:String(e))); }
  return {out,c:b.dut.counters()};
}
const clean=(await run([],{})).out;
console.log(new Set(clean).size,'distinct');
let seed=Number(process.argv[2]??1);
for(let k=0;k<25;k++){
  const kinds=['drop-byte-in','garble-byte-in','drop-byte-out','garble-byte-out','duplicate-byte-out'];
  const opts:string[]=['--seed',String(seed)];
  seed=(seed*1103515245+12345)%2147483648;
  const a=kinds[seed%5];const ra=400+(seed>>8)%4000; opts.push('--fault',`${a}:${ra}`);
  if(seed&64){const b2=kinds[(seed>>5)%5]; if(b2!==a) opts.push('--fault',`${b2}:${900+(seed>>12)%4000}`);}
  const verify=process.argv[3]??'read-back';
  const r=await run(opts,{verify,chunkTimeoutMs:200,commandTimeoutMs:300,probeTimeoutMs:200,quietMs:30,resyncTimeoutMs:2000,inferTimeoutMs:500});
  const bad=r.out.filter((o,i)=>!o.startsWith('!')&&o!==clean[i]).length;
  console.log(bad?'WRONG':'ok',opts.slice(2).join(' '),r.out.length,r.out.at(-1)?.startsWith('!')?r.out.at(-1):'',r.c.retryCount,r.c.resyncCount);
}
