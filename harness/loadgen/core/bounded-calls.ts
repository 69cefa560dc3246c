import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { ConcurrentDevice } from '../concurrent-device.ts';
import type { QueryAnswer } from '../query-target.ts';
import { abandonAfterMs } from './call-guard.ts';

/** Calls to a device that works on several samples at once, each with its deadline. */
export interface BoundedCalls extends AsyncDisposable {
  /** Calls that can be made now. */
  readonly freeCount: () => number;
  /**
   * Asks for the samples of one call. A call that does not end in time is aborted and its place is free again.
   *
   * @throws LabError dut/timeout · of the device
   */
  readonly infer: (sampleIndices: readonly number[]) => Promise<readonly QueryAnswer[]>;
  /** Resolves when a call has ended since; at once when none is under way. */
  readonly nextEnd: () => Promise<void>;
}

function tooLate(waitedMs: number): Error {
  return labError('dut/timeout', `the device did not answer in ${waitedMs} ms`, {
    details: { waitedMs },
  });
}

function tooFew(wantedCount: number, answerCount: number): Error {
  const message = `the device gave ${answerCount} answers to ${wantedCount} samples`;
  return labError('dut/garbled-reply', message, { details: { wantedCount, answerCount } });
}

/** Bounds the calls to `device`. Closed, it aborts those under way and waits for their end, 1 s at most. */
export function boundedCalls(
  device: ConcurrentDevice,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): BoundedCalls {
  const underWay = new Map<AbortController, Promise<unknown>>();
  let ended = Promise.withResolvers<void>();
  let isClosed = false;

  const leave = (call: AbortController): void => {
    underWay.delete(call);
    ended.resolve();
    ended = Promise.withResolvers();
  };
  /** Rejects at the deadline, after it has aborted the call. */
  const deadline = async (call: AbortController, over: AbortSignal): Promise<never> => {
    await clock.sleep(deadlineMs, over);
    const late = tooLate(deadlineMs);
    call.abort(late);
    throw late;
  };
  const bounded = async (
    call: AbortController,
    sampleIndices: readonly number[],
  ): Promise<readonly QueryAnswer[]> => {
    const over = new AbortController();
    const late = deadline(call, over.signal);
    // It rejects when the answer came first.
    late.catch(() => undefined);
    try {
      const answers = await Promise.race([device.infer(sampleIndices, call.signal), late]);
      if (answers.length !== sampleIndices.length)
        throw tooFew(sampleIndices.length, answers.length);
      return answers;
    } catch (error) {
      // The device may hear of its abort first: the reason is the error, not how the device took it.
      throw call.signal.aborted ? call.signal.reason : error;
    } finally {
      over.abort();
      leave(call);
    }
  };

  return {
    freeCount: () => (isClosed ? 0 : Math.max(0, device.inFlightCountMax - underWay.size)),
    infer: (sampleIndices) => {
      const call = new AbortController();
      // In this order: a device that refuses at once has ended its call before there is a promise of it.
      underWay.set(call, Promise.resolve());
      const answer = bounded(call, sampleIndices);
      if (underWay.has(call)) underWay.set(call, answer);
      return answer;
    },
    nextEnd: () => (underWay.size === 0 ? Promise.resolve() : ended.promise),
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      const running = [...underWay.values()];
      for (const call of underWay.keys())
        call.abort(new DOMException('the load has ended', 'AbortError'));
      if (running.length === 0) return;
      const graceOver = new AbortController();
      const grace = clock.sleep(abandonAfterMs, graceOver.signal).catch(() => undefined);
      await Promise.race([Promise.allSettled(running), grace]);
      graceOver.abort();
    },
  };
}
