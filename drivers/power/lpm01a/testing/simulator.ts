import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const simulatorPath = fileURLToPath(
  new URL('../../../../fixtures/instruments/lpm01a/main.ts', import.meta.url),
);

/** A running simulator, a process of its own; closing it waits for its end. */
export interface Simulator extends AsyncDisposable {
  readonly pid: number;
}

/**
 * Starts the simulated analyzer and waits until it serves. Known by its protocol and its command line alone.
 *
 * @param path - where its terminal is linked to
 * @throws Error with its last words when it ends before it serves
 */
export async function startSimulator(
  path: string,
  faults: readonly string[],
  signal: AbortSignal,
): Promise<Simulator> {
  const child = spawn(
    process.execPath,
    [
      simulatorPath,
      '--link',
      path,
      '--exit-with-parent',
      '--board-id',
      '2036-3733',
      ...faults.flatMap((fault) => ['--fault', fault]),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (words += part));
  const ended = once(child, 'close');
  const ready = (async (): Promise<boolean> => {
    for await (const line of createInterface({ input: child.stdout, signal })) {
      if (line === 'ready') return true;
    }
    return false;
  })();
  if (!(await ready) || child.pid === undefined) {
    await ended;
    throw new Error(`the simulator did not start: ${words}`);
  }
  child.stdout.resume();
  return {
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}
