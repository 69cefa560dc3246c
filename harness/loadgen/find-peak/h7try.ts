import { findPeak } from '/work/main/harness/loadgen/find-peak/find-peak.ts';
import { simulatedLab, constantService, exponentialService } from '/work/main/harness/loadgen/find-peak/testing/simulated-server.ts';
const kind=process.argv[2]; const seeds=Number(process.argv[3]??20); const verbose=process.argv[4]==='v';
const start=Number(process.argv[5]??100), res=Number(process.argv[6]??0.05);
const L=Number(process.argv[7]??50)*1e6; const MAX=Number(process.argv[8]??60)*1000;
const truth= kind==='mm1'? 1000-Math.log(100)/(L/1e9) : (()=>{ // md1
  const D=0.001; let lo=1, hi=999.9; 
  const tail=(lam:number)=>{ let a=1e-6,b=1e5; const f=(t:number)=>lam*(Math.exp(t*D)-1)-t; // positive root
    let x=1e-9; a=1e-6; b=1; while(f(b)<0) b*=2; // f<0 near 0+, >0 far
    for(let i=0;i<200;i++){const m=(a+b)/2; if(f(m)<0)a=m; else b=m;} const th=(a+b)/2; const rho=lam*D;
    const C=(1-rho)/(lam*D*Math.exp(th*D)-1); return C*Math.exp(-th*(L/1e9-D)); };
  for(let i=0;i<200;i++){const m=(lo+hi)/2; if(tail(m)>0.01) hi=m; else lo=m;} return lo;})();
let over=0, off=0, secs=0, probes=0, nul=0, plain=0; const rs:number[]=[]; let why:Record<string,number>={};
const t0=Date.now();
for(let seed=1;seed<=seeds;seed++){
  const lab=simulatedLab(kind==='mm1'?exponentialService(0.001):constantService(0.001),seed);
  const {result,because}=await findPeak({settings:{startQps:start,resolution:res,probeMinDurationMs:2000,probeMaxDurationMs:MAX,probeCountMax:40},percentile:.99,targetLatencyNs:L,runProbe:lab.runProbe,signal:new AbortController().signal,
   onProbe:p=>verbose&&console.log(seed,p.targetQps.toFixed(1),p.queryCount,p.overLimitCount,(p.overLimitCount/p.queryCount*100).toFixed(2)+'%',(p.durationMs/1000).toFixed(2),p.decision,p.endedEarly)});
  const r=(result.peakQps??0)/truth; rs.push(r); if(result.peakQps===null)nul++; if(r>1+res) over++; if(r<1-res)off++; secs+=lab.probeSeconds(); probes+=lab.probeCount(); why[because]=(why[because]??0)+1;
  if(verbose)console.log('->',result.peakQps,result.breaksAtQps,because,r.toFixed(4),lab.probeSeconds());
}
rs.sort((a,b)=>a-b);
// plain
{let n=0; let r=start; while(r<=truth){n++; r*=2;} n++; let lo=r/2,hi=r; while(hi-lo>res*lo){const m=(lo+hi)/2; n++; if(m<=truth)lo=m; else hi=m;} plain=n*MAX/1000; }
console.log(kind,'truth',truth.toFixed(1),'ratio min/med/max',rs[0]?.toFixed(4),rs[seeds>>1]?.toFixed(4),rs.at(-1)?.toFixed(4),'over',over,'low',off,'null',nul,'s/search',(secs/seeds).toFixed(1),'probes',(probes/seeds).toFixed(1),'plain s',plain,'x',(plain/(secs/seeds)).toFixed(1),why,Date.now()-t0,'ms');
