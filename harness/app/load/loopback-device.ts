import type { Clock } from '#harness/kernel/clock.ts';

import { completionRingWriter, emptyCompletion } from './completion-ring.ts';
import { issueRingReader } from './issue-ring.ts';
import type { LoadBridge } from './load-bridge.ts';

/** No more than are collected in one go, so that the ring of answers never fills up. */
const answerCountMax = 256;

/**
 * A device at the other end of a bridge, in the thread that issues: answers what was issued whenever it is called. No
 * allocation.
 */
export function loopbackDevice(bridge: LoadBridge, clock: Clock): () => void {
  const { take } = issueRingReader(bridge.issues);
  const { push } = completionRingWriter(bridge.completions);
  const samples = new Uint32Array(bridge.issues.samplesPerQuery);
  const completion = emptyCompletion();
  return () => {
    for (let answered = 0; answered < answerCountMax; answered += 1) {
      completion.queryId = take(samples);
      if (completion.queryId < 0) return;
      completion.atNs = clock.nowNs();
      push(completion);
    }
  };
}
