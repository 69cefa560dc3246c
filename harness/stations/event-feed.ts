import type { LabEvent } from '#harness/contracts/lab-event.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';

/** Tells every watcher what happened; a watcher that throws harms nobody else. */
export interface EventFeed {
  readonly emit: (event: LabEvent) => void;
  /** @returns the function that ends it */
  readonly watch: (listener: (event: LabEvent) => void) => () => void;
}

/** Makes a feed without watchers. Listeners are called at once, in the order in which they came. */
export function createEventFeed(log: LogWriter): EventFeed {
  const listeners = new Set<(event: LabEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log({
            level: 'error',
            message: 'a watcher of the lab failed',
            fields: { error: String(error) },
          });
        }
      }
    },
    watch: (listener) => {
      // A function of its own, so that one listener may watch twice.
      const entry = (event: LabEvent): void => listener(event);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
