import { thrownFromRecord } from '#harness/contracts/error-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import type { CompletionSink, LoadTarget } from '#harness/loadgen/load-target.ts';

import { completionRingReader, emptyCompletion, type Completion } from './completion-ring.ts';
import { errorInSlot } from './error-table.ts';
import { issueRingWriter } from './issue-ring.ts';
import { bridgeControl, type LoadBridge } from './load-bridge.ts';

/** Answers heard in one go: between two goes the pump looks whether a query is due. */
const heardCountMax = 256;

/** The device behind a bridge, as the load core of the issuing thread sees it. */
export interface BridgeTarget {
  /** Takes as many queries as the ring has room for: a slow device holds queries back, not the schedule. */
  readonly target: LoadTarget;
  /** Hands the answers that have come to the core. No allocation but for failed queries. @returns how many there were */
  readonly collect: () => number;
}

function hasDetails({ deviceDurationNs, firstTokenAtNs, tokenCount }: Completion): boolean {
  return tokenCount > 0 || !Number.isNaN(deviceDurationNs) || !Number.isNaN(firstTokenAtNs);
}

/** The issuing thread's end of a bridge. */
export function bridgeTarget(bridge: LoadBridge): BridgeTarget {
  const writer = issueRingWriter(bridge.issues);
  const reader = completionRingReader(bridge.completions);
  const { deviceBell } = bridgeControl(bridge);
  const completion = emptyCompletion();
  let connected: CompletionSink | undefined;
  const hear = (sink: CompletionSink): void => {
    const { queryId, errorSlot, atNs } = completion;
    // The completion is its own details: NaN stands for what the device did not tell.
    if (errorSlot < 0)
      sink.complete(queryId, atNs, hasDetails(completion) ? completion : undefined);
    else sink.fail(queryId, atNs, thrownFromRecord(errorInSlot(bridge.errors, errorSlot)));
  };
  return {
    target: {
      connect: (sink) => {
        connected = sink;
      },
      issue: (queries) => {
        const takenCount = writer.push(queries);
        if (takenCount > 0) deviceBell.ring();
        return takenCount;
      },
    },
    collect: () => {
      const sink = assertDefined(connected, 'a core connects before it is pumped');
      let heardCount = 0;
      while (heardCount < heardCountMax && reader.take(completion)) {
        hear(sink);
        heardCount += 1;
      }
      return heardCount;
    },
  };
}
