import type { RequestKind } from '../../transports/device-protocol/requests.ts';

/** How long a lost frame is waited for, from what the device has shown. */
export interface ReplyWait {
  /** Milliseconds of silence after which a request is sent again for the first time. */
  readonly firstWaitMs: (kind: RequestKind) => number;
  readonly learn: (kind: RequestKind, tookMs: number) => void;
}

/** Until a request of this kind was answered once. */
const unknownWaitMs = 500;
const waitMsMin = 200;
/** As many times as long as the slowest so far. */
const slowestFactor = 4;
/** What is left of the slowest at each reply, so that one hiccup does not count for ever. */
const fading = 0.97;

/**
 * Repeating too early does no harm, since a device answers a repeat with the reply it has kept; repeating too late
 * costs time where bytes get lost.
 *
 * @param isLossy - false: no byte gets lost on this link, so silence is patience
 */
export function replyWait(isLossy: boolean, replyTimeoutMs: number): ReplyWait {
  const slowestMs = new Map<RequestKind, number>();
  return {
    firstWaitMs: (kind) => {
      if (!isLossy) return replyTimeoutMs;
      const known = slowestMs.get(kind);
      const waitMs =
        known === undefined ? unknownWaitMs : Math.max(waitMsMin, known * slowestFactor);
      return Math.min(waitMs, replyTimeoutMs);
    },
    learn: (kind, tookMs) => {
      slowestMs.set(kind, Math.max(tookMs, (slowestMs.get(kind) ?? 0) * fading));
    },
  };
}
