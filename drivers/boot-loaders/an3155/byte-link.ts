import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

/** Bytes that may wait to be read; more are a board that talks by itself. */
const waitingBytesMax = 4096;

/** Requests and answers of known lengths over a transport. */
export interface ByteLink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** @throws LabError dut/timeout when fewer came in time, serial/unplugged · the signal's reason */
  readonly read: (byteCount: number, timeoutMs: number) => Promise<Uint8Array>;
  /** Forgets what has come and was not read. */
  readonly discard: () => void;
}

/** A link over an open transport; ends with it. */
export function byteLink(transport: ByteTransport, signal: AbortSignal): ByteLink {
  let waiting = Buffer.alloc(0);
  let arrived = Promise.withResolvers<void>();
  transport.onBytes((chunk) => {
    waiting = Buffer.concat([waiting, chunk]).subarray(-waitingBytesMax);
    arrived.resolve();
  });
  const gone = async (): Promise<never> => {
    await transport.ended;
    throw labError('serial/unplugged', `the device at ${transport.path} is gone`);
  };
  const ended = gone();
  // Heard by whichever read is waiting.
  ended.catch(() => undefined);
  return {
    write: (bytes) => transport.write(bytes, signal),
    read: async (byteCount, timeoutMs) => {
      const bounded = withDeadline(timeoutMs, signal);
      while (waiting.length < byteCount) {
        arrived = Promise.withResolvers();
        try {
          await raceSignal(Promise.race([arrived.promise, ended]), bounded);
        } catch (cause) {
          signal.throwIfAborted();
          if (!bounded.aborted) throw cause;
          const came = waiting.toString('hex');
          const message = `${transport.path}: ${byteCount} bytes were expected within ${timeoutMs} ms, "${came}" came`;
          throw labError('dut/timeout', message, { details: { byteCount, timeoutMs, came } });
        }
      }
      const bytes = Uint8Array.from(waiting.subarray(0, byteCount));
      waiting = waiting.subarray(byteCount);
      return bytes;
    },
    discard: () => {
      waiting = Buffer.alloc(0);
    },
  };
}
