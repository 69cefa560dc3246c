import type { LabEvent } from '#harness/contracts/lab-event.ts';

const reopenPauseMs = 3000;

/** What to do with the lab's events. */
export interface FeedListener {
  readonly onEvent: (event: LabEvent) => void;
  /** Connected, again or for the first time, or events were missed: read everything anew. */
  readonly onOpen: () => void;
  readonly onLost: () => void;
}

/** The page and the daemon are of one version: what the daemon sends as its event is one. */
function isLabEvent(value: unknown): value is LabEvent {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Follows the lab's events for as long as the page is open, over as many connections as it takes. */
export function followEvents(listener: FeedListener): void {
  const source = new EventSource('/api/events');
  const onMessage = ({ data }: MessageEvent<string>): void => {
    const event: unknown = JSON.parse(data);
    if (isLabEvent(event)) listener.onEvent(event);
  };
  for (const type of ['job', 'run', 'run-event']) source.addEventListener(type, onMessage);
  source.addEventListener('resync', listener.onOpen);
  source.addEventListener('open', listener.onOpen);
  source.addEventListener('error', () => {
    listener.onLost();
    if (source.readyState !== EventSource.CLOSED) return;
    // Refused for good as far as the browser is concerned, such as by a daemon that is just starting.
    setTimeout(() => followEvents(listener), reopenPauseMs);
  });
}
