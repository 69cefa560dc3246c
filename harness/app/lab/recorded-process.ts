import { readFileSync } from 'node:fs';

import type { Clock } from '#harness/kernel/clock.ts';

/**
 * When a process was started, in clock ticks since boot (`/proc/<pid>/stat`, field 22): with the pid it names one
 * process for ever. Null where there is no such file, as outside Linux, or no such process.
 */
export function startTicksOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the program's name in parentheses and may hold spaces: count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie runs nothing any more; where nobody reaps it, it would be waited for in vain.
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const ticks = Number(fields[19]);
    return Number.isFinite(ticks) ? ticks : null;
  } catch {
    return null;
  }
}

const lookAgainMs = 20;

/** Kills a process only while it is the one that was recorded, and waits until it is gone or the signal aborts. */
export async function killRecorded(
  recorded: { readonly pid: number; readonly startTicks: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const isThere = (): boolean => startTicksOf(recorded.pid) === recorded.startTicks;
  try {
    if (isThere()) process.kill(recorded.pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the kill; the loop below makes sure.
  }
  while (isThere()) await clock.sleep(lookAgainMs, signal);
}
