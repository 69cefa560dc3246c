import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { runAccuracy } from '#harness/loadgen/scenarios/accuracy.ts';
import { tinySerial } from './tiny-serial.ts';
const peer = process.argv[2] ?? '/tmp/zc/zcb';
const chunkBytes = Number(process.argv[3] ?? 31);
for (const [model, bytes, outs] of [['kws01',490,12],['ic01',3072,10],['vww01',27648,2]] as const) {
  const link = `/tmp/zc/tty-${model}`;
  const child = peer === 'node'
    ? spawn(process.execPath, ['fixtures/boards/tiny-board/main.ts','--link',link,'--zero-cost','--start-model',model,'--no-pace'], { stdio: ['pipe','pipe','inherit'] })
    : spawn(peer, [link, model], { stdio: ['pipe','pipe','inherit'] });
  for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') break;
  const clock = systemClock();
  const dut = await tinySerial.open({ path: link, chunkBytes }, { boardId: 'b', clock, inference: { version:'n', open: () => Promise.reject(new Error('x')) }, log: () => undefined, deployment: { modelPath:'/n', modelSha256:'0'.repeat(64), boardModel: model, inputElement:'uint8', inputShape:[bytes], outputLength: outs } }, AbortSignal.timeout(60000));
  await dut.identify(AbortSignal.timeout(10000));
  for (let round = 0; round < 3; round++) {
    const t = performance.now();
    const end = await runAccuracy({ target: { stage: (i, s) => dut.load(new Uint8Array(bytes).fill(i), s), issue: (_i, s) => dut.infer(s) }, clock, queryDeadlineMs: 30000, sampleCount: 200, onOutput: () => undefined, signal: AbortSignal.timeout(100000) });
    console.log(model, end.endedBy, ((performance.now()-t)/1000).toFixed(3), JSON.stringify(dut.counters()));
  }
  await dut[Symbol.asyncDispose]();
  child.kill();
}
