import { getPriority, setPriority } from 'node:os';

/** As far before ordinary threads as a thread that sleeps most of its time may be. */
const wantedNice = -10;

/**
 * Puts the calling thread before ordinary ones, so that no other process of this machine delays its instants. Linux
 * counts the priority of each thread by itself. Without the right to do so it stays as it is.
 *
 * @returns the niceness of the thread from now on; 0 is ordinary
 */
export function raiseThreadPriority(): number {
  try {
    setPriority(wantedNice);
  } catch {
    // Only root, and users whom the system allows it, may: the load runs without, and its issue delays say how well.
  }
  return getPriority();
}
