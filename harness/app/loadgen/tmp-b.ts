import { benchLoad } from '/work/main/harness/app/loadgen/bench-load.ts';
const qps=Number(process.argv[2]??1000), seconds=Number(process.argv[3]??2);
console.log(JSON.stringify(await benchLoad({qps,seconds, ...(process.argv[4]?{scenario:process.argv[4]}:{})} as any, new AbortController().signal),null,1));
