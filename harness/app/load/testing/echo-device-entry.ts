import { parentPort, type MessagePort } from 'node:worker_threads';

import { assertDefined } from '#harness/kernel/assert.ts';

import { completionRingWriter, emptyCompletion } from '../completion-ring.ts';
import { issueRingReader } from '../issue-ring.ts';
import { bridgeControl, type LoadBridge } from '../load-bridge.ts';

/** One bridge to answer: query number, sum of its samples as the instant, its first sample as the token count. */
export interface EchoTask {
  readonly bridge: LoadBridge;
  readonly queryCount: number;
  readonly port: MessagePort;
}

/** Answers every query of the bridge as fast as it can, blocking; a full ring makes it wait. */
function echo({ bridge, queryCount }: EchoTask): void {
  const { deviceBell, issuerBell } = bridgeControl(bridge);
  const reader = issueRingReader(bridge.issues);
  const writer = completionRingWriter(bridge.completions);
  const samples = new Uint32Array(bridge.issues.samplesPerQuery);
  const completion = emptyCompletion();
  for (let answeredCount = 0; answeredCount < queryCount;) {
    const ticket = deviceBell.ticket();
    completion.queryId = reader.take(samples);
    if (completion.queryId < 0) {
      deviceBell.sleep(10e6, ticket);
      continue;
    }
    completion.atNs = samples.reduce((sum, sample) => sum + sample, 0);
    completion.tokenCount = samples[0] ?? 0;
    while (!writer.push(completion)) deviceBell.sleep(10_000, deviceBell.ticket());
    issuerBell.ring();
    answeredCount += 1;
  }
}

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
parent.on('message', (task: EchoTask) => {
  echo(task);
  task.port.postMessage('done');
  task.port.close();
});
