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
  if (isThere()) process.kill(recorded.pid, 'SIGKILL');
  while (isThere()) await clock.sleep(lookAgainMs, signal);
}
