import { setImmediate as nextTurn } from 'node:timers';

/** A device is quick whose last reply came within this, asleep or awake: at 115200 baud a chunk alone takes 7 ms. */
const quickNs = 100_000;
/** Awake, a quick device's reply is there after some 20 µs; on a machine that is busy with others more is a waste. */
const spinNs = 60_000;

/** Keeps the thread awake while an answer is due at once. */
export interface ReplySpin {
  /** A command was sent. */
  readonly begin: () => void;
  /** Its reply is complete, or nobody waits for it any more. */
  readonly end: () => void;
}

/**
 * A sleeping thread is woken some 30 µs late, which is more than a fast device needs for its answer: on USB a load
 * of 700 commands waits mostly for that. So while the last reply came within 0.1 ms the event loop goes on turning
 * after a command, for 0.06 ms at most; everything else on the thread has its turn all the same. A device that takes
 * longer costs nothing.
 *
 * @param nowNs - monotonic nanoseconds
 */
export function replySpin(nowNs: () => number): ReplySpin {
  let sentAtNs = 0;
  let isDue = false;
  let isQuick = false;
  let isTurning = false;

  const turn = (): void => {
    isTurning = isDue && nowNs() - sentAtNs < spinNs;
    if (isTurning) nextTurn(turn);
  };

  return {
    begin: () => {
      sentAtNs = nowNs();
      isDue = true;
      if (!isQuick || isTurning) return;
      isTurning = true;
      nextTurn(turn);
    },
    end: () => {
      isDue = false;
      isQuick = nowNs() - sentAtNs < quickNs;
    },
  };
}
