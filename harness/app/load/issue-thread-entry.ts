import { parentPort, workerData } from 'node:worker_threads';

import { Type } from 'typebox';
import { Value } from 'typebox/value';

import { errorRecord } from '#harness/contracts/error-record.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';
import { spinWindow } from '#harness/loadgen/pacing/spin-window.ts';

import { issueLoad } from './issue-load.ts';
import type { IssueReply, IssueRequest, IssueThreadStart } from './issue-thread-protocol.ts';
import { raiseThreadPriority } from './raise-thread-priority.ts';
import { warmUpIssuing } from './warm-up-issuing.ts';

const parent = assertDefined(parentPort, 'this file is the entry of a worker thread');
const StartSchema = Type.Object({ originNs: Type.String() });

/** What the thread was started with; checked, since it came as anything. */
function startOf(data: unknown): IssueThreadStart {
  assert(Value.Check(StartSchema, data), 'the thread was started with its origin');
  return data;
}

/** The window learns the machine's sleeps, whatever the load. */
const spin = spinWindow();

function answer(clock: Clock, { load, port }: IssueRequest): void {
  const tell = (reply: IssueReply): void => port.postMessage(reply);
  try {
    const outcome = issueLoad(load, {
      clock,
      spin,
      log: (line) => tell({ type: 'log', line }),
      onProgress: (progress) => tell({ type: 'progress', progress }),
    });
    tell({ type: 'ended', outcome });
  } catch (error) {
    tell({ type: 'failed', error: errorRecord(error) });
  } finally {
    port.close();
  }
}

raiseThreadPriority();
const clock = systemClock(BigInt(startOf(workerData).originNs));
warmUpIssuing(clock);
parent.on('message', (request: IssueRequest) => answer(clock, request));
parent.postMessage('ready');
