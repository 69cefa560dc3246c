import { readFileSync } from 'node:fs';

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

/** Kills the process only when it still is the one that was recorded. */
export function killRecorded(pid: number, startTicks: number | null): void {
  if (startTicks === null || startTicksOf(pid) !== startTicks) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the kill.
  }
}
