import { parentPort } from 'node:worker_threads';

import { errorRecord } from '#harness/contracts/error-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { raiseThreadPriority } from '../load/raise-thread-priority.ts';
import type { NullLoad, NullLoadReply } from './null-load-protocol.ts';
import { runNullLoad } from './null-load.ts';

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
const clock = systemClock();

const tell = (reply: NullLoadReply): void => parent.postMessage(reply);

async function answer(load: NullLoad): Promise<void> {
  try {
    tell({ type: 'ended', outcome: await runNullLoad(load, clock) });
  } catch (error) {
    tell({ type: 'failed', error: errorRecord(error) });
  }
}

raiseThreadPriority();
parent.on('message', (load: NullLoad) => void answer(load));
