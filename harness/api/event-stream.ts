import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { EventHub } from './event-hub.ts';

/** Bounds of the event stream. */
export interface EventStreamLimits {
  /** A comment is sent this often, so that both sides notice a dead connection. */
  readonly heartbeatMs: number;
  /** A client with more than this waiting in its buffer is dropped; it comes back and resumes. */
  readonly bufferedBytesMax: number;
  /** Events kept for clients that come back, and their bytes: well below `bufferedBytesMax`, since they go out at once. */
  readonly keptCountMax: number;
  readonly keptBytesMax: number;
  readonly clientCountMax: number;
}

/** The limits unless told otherwise. */
export const defaultEventStreamLimits: EventStreamLimits = {
  heartbeatMs: 15_000,
  bufferedBytesMax: 1_048_576,
  keptCountMax: 1024,
  keptBytesMax: 262_144,
  clientCountMax: 64,
};

/** The writing side of one client's connection: what node:http's ServerResponse has. */
export interface EventOutlet {
  readonly writableLength: number;
  readonly write: (text: string) => boolean;
  readonly end: () => unknown;
  readonly destroy: () => unknown;
}

/** All clients of the event stream. */
export interface EventStream {
  /** @throws LabError api/too-many-watchers */
  readonly assertRoom: () => void;
  /**
   * Feeds one client until it is slow, goes away, or the stream ends.
   *
   * @returns the function to call when the connection has closed
   */
  readonly feed: (outlet: EventOutlet, lastEventId: string | undefined) => () => void;
  readonly clientCount: () => number;
  /** Ends every connection in order: what was written still arrives. */
  readonly end: () => void;
}

/** Feeds the hub's frames to clients, each with its bound. */
export function createEventStream(
  hub: EventHub,
  clock: Clock,
  limits: EventStreamLimits,
): EventStream {
  const clients = new Map<EventOutlet, AbortController>();

  const beat = async (send: (frame: string) => void, signal: AbortSignal): Promise<void> => {
    try {
      while (!signal.aborted) {
        await clock.sleep(limits.heartbeatMs, signal);
        send(': still here\n\n');
      }
    } catch {
      // The connection closed while this slept: there is nobody left to tell.
    }
  };

  const feed = (outlet: EventOutlet, lastEventId: string | undefined): (() => void) => {
    const closing = new AbortController();
    const send = (frame: string): void => {
      if (closing.signal.aborted) return;
      outlet.write(frame);
      if (outlet.writableLength <= limits.bufferedBytesMax) return;
      closing.abort();
      outlet.destroy();
    };
    closing.signal.addEventListener('abort', () => clients.delete(outlet));
    clients.set(outlet, closing);
    send('retry: 1000\n: welcome\n\n');
    const unsubscribe = hub.subscribe(lastEventId, send);
    closing.signal.addEventListener('abort', unsubscribe);
    if (closing.signal.aborted) unsubscribe();
    void beat(send, closing.signal);
    return () => closing.abort();
  };

  return {
    assertRoom: () => {
      if (clients.size < limits.clientCountMax) return;
      throw labError(
        'api/too-many-watchers',
        `${limits.clientCountMax} clients follow the event stream, the most there may be`,
      );
    },
    feed,
    clientCount: () => clients.size,
    end: () => {
      for (const [outlet, closing] of clients) {
        closing.abort();
        outlet.end();
      }
    },
  };
}
