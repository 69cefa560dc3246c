import { spawn, type ChildProcess } from 'node:child_process';

import { childEnvironment } from '#harness/config/environment.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { isDeadline, raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

/** Of a tool's output, this much is kept for messages and the log. */
const keptOutputChars = 4000;
/** What a program left behind may hold its output open: so long after its end nobody listens any more. */
const drainMs = 500;
/** A killed program is gone within this, unless the kernel itself waits for a device. */
const killedWithinMs = 5000;

/** A program with its arguments; no shell is involved. */
export interface Program {
  /** `node` means this Node. */
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  /** The last of what it wrote, both streams together. */
  readonly output: string;
}

/** Kills the program and what it started: it leads a process group of its own. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

/** The end of the process itself; `aborted` kills it, and what cannot even be killed is left behind. */
function exitCodeOf(child: ChildProcess, aborted: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
    aborted.addEventListener('abort', () => {
      const patience = AbortSignal.timeout(killedWithinMs);
      patience.addEventListener('abort', () => resolve(null));
    });
  });
}

/** The rest of its output. A process of another group or session that it started may never close it. */
async function drain(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  try {
    await raceSignal(closed, AbortSignal.timeout(drainMs));
  } catch {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/**
 * Runs a program to its end. At the deadline or the signal's abort it is killed with everything that it started.
 *
 * @param cwd - its working directory
 * @throws LabError dut/deploy-failed when it cannot be started or is not done in time · the signal's reason
 */
export async function runProgram(
  { command, environment, timeoutMs }: Program,
  cwd: string,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const [program, ...args] = command;
  const bounded = withDeadline(timeoutMs, signal);
  bounded.throwIfAborted();
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment(environment ?? {}),
    detached: true,
  });
  const kill = (): void => killGroup(child);
  bounded.addEventListener('abort', kill, { once: true });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString('utf8')}`.slice(-keptOutputChars);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    const exitCode = await exitCodeOf(child, bounded);
    const isLate = isDeadline(bounded.reason);
    await drain(child, closed);
    signal.throwIfAborted();
    if (isLate) {
      const message = `"${program}" was not done after ${timeoutMs} ms: ${output.trim()}`;
      throw labError('dut/deploy-failed', message, { details: { program, output } });
    }
    return { exitCode, output };
  } catch (cause) {
    if (signal.aborted || (cause instanceof Error && cause.name === 'LabError')) throw cause;
    const message = `"${program}" could not be run: ${String(cause)}`;
    throw labError('dut/deploy-failed', message, { details: { program }, cause });
  } finally {
    bounded.removeEventListener('abort', kill);
  }
}
