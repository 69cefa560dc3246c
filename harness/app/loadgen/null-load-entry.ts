import { parentPort } from 'node:worker_threads';

import { errorRecord } from '#harness/contracts/error-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import type { NullLoad, NullLoadReply } from './null-load-protocol.ts';
import { runNullLoad } from './null-load.ts';

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
const clock = systemClock();

async function answer(load: NullLoad): Promise<NullLoadReply> {
  try {
    return { type: 'ended', outcome: await runNullLoad(load, clock) };
  } catch (error) {
    return { type: 'failed', error: errorRecord(error) };
  }
}

parent.on('message', async (load: NullLoad) => {
  parent.postMessage(await answer(load));
});
