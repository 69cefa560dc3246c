import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import type { SimulatorEntry } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

const startTimeoutMs = 30_000;
const stopTimeoutMs = 3000;
const keptOutputChars = 2000;

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  try {
    await raceSignal(exited, AbortSignal.timeout(stopTimeoutMs));
  } catch {
    child.kill('SIGKILL');
  }
}

/** Resolves when the process says `ready`; rejects when it ends or is silent for too long. */
async function startSimulator(
  entry: SimulatorEntry,
  lab: LoadedLab,
  signal: AbortSignal,
): Promise<ChildProcess> {
  const [program, ...args] = entry.command;
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: lab.rootDir,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Out of the terminal's group: Ctrl-C must not take the board away before its run has released it.
    detached: true,
  });
  let output = '';
  const ready = Promise.withResolvers<undefined>();
  const keep = (line: string): void => {
    output = `${output}${line}\n`.slice(-keptOutputChars);
    if (line.trim() === 'ready') ready.resolve(undefined);
  };
  createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  const fail = (how: string): void => {
    const message = `simulator ${entry.id} ${how}: ${output.trim()}`;
    ready.reject(labError('simulator/failed', message));
  };
  child.once('error', (error) => fail(String(error)));
  child.once('exit', (code) => fail(`ended with ${code}`));
  try {
    await raceSignal(ready.promise, withDeadline(startTimeoutMs, signal));
    return child;
  } catch (error) {
    await stopProcess(child);
    signal.throwIfAborted();
    if (error instanceof Error && error.name === 'LabError') throw error;
    throw labError(
      'simulator/failed',
      `simulator ${entry.id} was not ready in time: ${output.trim()}`,
    );
  }
}

/**
 * Starts the simulated peers of a demo lab and waits until all are ready. They end with this object, and with the
 * daemon's process whatever happens to it: each watches its standard input.
 *
 * @throws LabError simulator/failed with the last lines that it wrote
 */
export async function startSimulators(
  lab: LoadedLab,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  mkdirSync(join(lab.stateDir, 'dev'), { recursive: true });
  const children: ChildProcess[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(children.map(stopProcess));
  };
  try {
    // One after the other: the analyzer must listen before the board tells it what it does.
    for (const entry of lab.config.simulators ?? []) {
      children.push(await startSimulator(entry, lab, signal));
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  return { [Symbol.asyncDispose]: stopAll };
}
