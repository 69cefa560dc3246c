import { assert } from '#harness/kernel/assert.ts';

import { createCompletionRing, type CompletionRing } from './completion-ring.ts';
import { createErrorTable } from './error-table.ts';
import { createIssueRing, type IssueRing } from './issue-ring.ts';

/** Rings are not made larger than this many queries; a full one only holds queries back, never the schedule. */
const capacityMax = 65_536;
/** Nor than this many bytes of samples. */
const issueByteCountMax = 64 * 2 ** 20;

/** Words of `control`, each on a cache line of its own. */
const issuerWakeAt = 0;
const issuerParkedAt = 16;
const deviceWakeAt = 32;
const deviceParkedAt = 48;
const abortedAt = 64;
const endedAt = 80;
const servedAt = 96;
const controlWordCount = 112;

/** What the thread that issues and the thread that owns the device share; it can be sent to either as it is. */
export interface LoadBridge {
  readonly control: SharedArrayBuffer;
  readonly issues: IssueRing;
  readonly completions: CompletionRing;
  readonly errors: SharedArrayBuffer;
}

/**
 * Shared memory for one load.
 *
 * @param outstandingCountMax - queries that may wait for an answer; rings hold as many, up to 65536 and 64 MiB
 */
export function createLoadBridge(outstandingCountMax: number, samplesPerQuery: number): LoadBridge {
  assert(outstandingCountMax >= 1 && samplesPerQuery >= 1, 'a load has queries, and they samples');
  const byMemory = 2 ** Math.floor(Math.log2(issueByteCountMax / (4 * (1 + samplesPerQuery))));
  const wanted = 2 ** Math.ceil(Math.log2(outstandingCountMax));
  const capacity = Math.min(wanted, capacityMax, byMemory);
  return {
    control: new SharedArrayBuffer(controlWordCount * 4),
    issues: createIssueRing(capacity, samplesPerQuery),
    // Every query in the issue ring and the one at the device can end while nobody collects.
    completions: createCompletionRing(capacity * 2),
    errors: createErrorTable(),
  };
}

/** One side's way to sleep until the other has something for it. */
export interface Bell {
  /** Changes with every ring; taken before work is looked for. */
  readonly ticket: () => number;
  /** Blocks until it rings, not at all when the ticket is out of date. @returns whether the whole duration passed */
  readonly sleep: (durationNs: number, ticket: number) => boolean;
  /** The same without blocking the thread; a side that has waited so is rung with a system call from then on. */
  readonly wait: (durationMs: number, ticket: number) => Promise<void>;
  /** Wakes the sleeper; a system call only when there is one. No allocation. */
  readonly ring: () => void;
}

function bell(words: Int32Array, wakeAt: number, parkedAt: number): Bell {
  return {
    ticket: () => Atomics.load(words, wakeAt),
    sleep: (durationNs, ticket) => {
      Atomics.store(words, parkedAt, 1);
      const outcome = Atomics.wait(words, wakeAt, ticket, durationNs / 1e6);
      Atomics.store(words, parkedAt, 0);
      return outcome === 'timed-out';
    },
    wait: async (durationMs, ticket) => {
      Atomics.store(words, parkedAt, 1);
      const { value } = Atomics.waitAsync(words, wakeAt, ticket, durationMs);
      await value;
    },
    ring: () => {
      Atomics.add(words, wakeAt, 1);
      if (Atomics.load(words, parkedAt) === 1) Atomics.notify(words, wakeAt);
    },
  };
}

/** The flags and bells of a bridge, for any thread. */
export interface BridgeControl {
  readonly issuerBell: Bell;
  readonly deviceBell: Bell;
  /** Asks the issuing thread to end its load; wakes it. */
  readonly abort: () => void;
  readonly isAborted: () => boolean;
  /** Tells the device's thread that nothing follows and what is in the ring is not wanted any more; wakes it. */
  readonly end: () => void;
  readonly isEnded: () => boolean;
  /** Tells the issuing thread that the device's thread has begun to look for queries; wakes it. */
  readonly serve: () => void;
  readonly isServed: () => boolean;
}

/** The control words of a bridge, named. */
export function bridgeControl({ control }: LoadBridge): BridgeControl {
  const words = new Int32Array(control);
  const issuerBell = bell(words, issuerWakeAt, issuerParkedAt);
  const deviceBell = bell(words, deviceWakeAt, deviceParkedAt);
  return {
    issuerBell,
    deviceBell,
    abort: () => {
      Atomics.store(words, abortedAt, 1);
      issuerBell.ring();
    },
    isAborted: () => Atomics.load(words, abortedAt) === 1,
    end: () => {
      Atomics.store(words, endedAt, 1);
      deviceBell.ring();
    },
    isEnded: () => Atomics.load(words, endedAt) === 1,
    serve: () => {
      Atomics.store(words, servedAt, 1);
      issuerBell.ring();
    },
    isServed: () => Atomics.load(words, servedAt) === 1,
  };
}
