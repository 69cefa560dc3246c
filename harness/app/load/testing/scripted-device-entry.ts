import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, type MessagePort } from 'node:worker_threads';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { issueRingReader } from '../issue-ring.ts';
import { bridgeControl, type LoadBridge } from '../load-bridge.ts';
import { serveQueries, type ServedTarget } from '../serve-queries.ts';

/** What the device of a test does. */
export type DeviceScript =
  /** Answers each query after this time. */
  | { readonly type: 'answers'; readonly afterMs: number }
  /** Takes queries and answers none, ever: a lost completion each. */
  | { readonly type: 'silent' }
  /** Refuses every third query. */
  | { readonly type: 'refuses' }
  /** The first query never ends. */
  | { readonly type: 'hangs' };

/** One load to serve; the outcome comes through the port. */
export interface ScriptedDevice {
  readonly script: DeviceScript;
  readonly bridge: LoadBridge;
  readonly originNs: string;
  readonly port: MessagePort;
}

function targetOf(script: DeviceScript): ServedTarget {
  let askedCount = 0;
  return {
    stage: async () => undefined,
    issue: async () => {
      askedCount += 1;
      if (script.type === 'hangs') return new Promise(() => undefined);
      if (script.type === 'refuses' && askedCount % 3 === 0)
        throw labError('dut/garbled-reply', 'not what was asked');
      const afterMs = script.type === 'answers' ? script.afterMs : 0;
      if (afterMs > 0) await delay(afterMs);
      return { deviceDurationNs: 1000 };
    },
  };
}

/** Takes every query and says nothing, until the load has ended. */
async function swallow(bridge: LoadBridge): Promise<void> {
  const reader = issueRingReader(bridge.issues);
  const samples = new Uint32Array(bridge.issues.samplesPerQuery);
  while (!bridgeControl(bridge).isEnded()) {
    while (reader.take(samples) >= 0) continue;
    await delay(1);
  }
}

async function serve({ script, bridge, originNs, port }: ScriptedDevice): Promise<void> {
  try {
    if (script.type === 'silent') {
      await swallow(bridge);
      port.postMessage({ completedCount: 0, failedCount: 0, hung: false });
      return;
    }
    const outcome = await serveQueries({
      bridge,
      target: targetOf(script),
      clock: systemClock(BigInt(originNs)),
      queryDeadlineMs: 100,
      signal: AbortSignal.timeout(20_000),
    });
    port.postMessage(outcome);
  } catch (error) {
    port.postMessage(errorRecord(error));
  } finally {
    port.close();
  }
}

assertDefined(parentPort, 'this file is the entry of a worker thread').on(
  'message',
  (device: ScriptedDevice) => void serve(device),
);
