import type { LabEvent } from '#harness/contracts/lab-event.ts';

/** Takes one whole frame of the event stream. */
export type FrameSink = (frame: string) => void;

/** Numbers the lab's events, keeps the last of them, and passes them on as frames of an event stream. */
export interface EventHub {
  /**
   * Sends every event from now on; first, those missed since `lastEventId`, or one `resync` when they are not
   * kept any more (or came from an earlier start of the daemon), upon which the client reads the lists anew.
   *
   * @returns the function that ends it
   */
  readonly subscribe: (lastEventId: string | undefined, sink: FrameSink) => () => void;
  readonly publish: (event: LabEvent) => void;
}

/** How much is kept for clients that come back. */
export interface KeptLimits {
  readonly keptCountMax: number;
  readonly keptBytesMax: number;
}

/** The number in an id of this epoch, or undefined. */
function numberOf(eventId: string, epoch: string): number | undefined {
  const [idEpoch, digits = ''] = eventId.split('.');
  return idEpoch === epoch && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/**
 * A hub without a source; give its `publish` to `LabService.watch`.
 *
 * @param epoch - one word for this start of the daemon; ids of another epoch are never resumed
 */
export function createEventHub(epoch: string, limits: KeptLimits): EventHub {
  const sinks = new Set<FrameSink>();
  const kept: string[] = [];
  let keptBytes = 0;
  let lastNumber = 0;

  const keep = (frame: string): void => {
    kept.push(frame);
    keptBytes += frame.length;
    while (kept.length > limits.keptCountMax || keptBytes > limits.keptBytesMax) {
      const dropped = kept.shift();
      if (dropped === undefined) return;
      keptBytes -= dropped.length;
    }
  };

  const missedSince = (number: number): readonly string[] | undefined => {
    const oldest = lastNumber - kept.length;
    return number < oldest || number > lastNumber ? undefined : kept.slice(number - oldest);
  };

  const replay = (lastEventId: string, sink: FrameSink): void => {
    const number = numberOf(lastEventId, epoch);
    const missed = number === undefined ? undefined : missedSince(number);
    if (missed === undefined) sink(`event: resync\nid: ${epoch}.${lastNumber}\ndata: {}\n\n`);
    else for (const frame of missed) sink(frame);
  };

  return {
    publish: (event) => {
      lastNumber += 1;
      const id = `${epoch}.${lastNumber}`;
      const frame = `event: ${event.type}\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
      keep(frame);
      for (const sink of sinks) sink(frame);
    },
    subscribe: (lastEventId, sink) => {
      if (lastEventId !== undefined) replay(lastEventId, sink);
      sinks.add(sink);
      return () => void sinks.delete(sink);
    },
  };
}
