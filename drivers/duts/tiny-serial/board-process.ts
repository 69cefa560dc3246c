import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { withDeadline } from '#harness/kernel/deadline.ts';

/** A simulated board that runs as its own process. */
export interface BoardProcess extends AsyncDisposable {
  /** What a driver opens. */
  readonly path: string;
  readonly process: ChildProcess;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = join(root, 'fixtures/boards/tiny-board/main.ts');
const startTimeoutMs = 20_000;
const stopTimeoutMs = 5_000;

async function waitUntilReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('the simulator has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (line.trim() === 'ready') return;
  throw new Error('the simulator ended before it was ready');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit', { signal: withDeadline(stopTimeoutMs) });
  child.kill('SIGTERM');
  await exited.catch(() => child.kill('SIGKILL'));
}

/**
 * Starts the board simulator with the keyword model, for tests and benches.
 *
 * @param options - further arguments of its command line: `['--no-pace', '--fault', 'echo']`
 */
export function startBoardProcess(options: readonly string[]): Promise<BoardProcess> {
  const model = join(root, 'fixtures/models/keyword-spotting/ds-cnn.onnx');
  return startBoardProgram(process.execPath, (link) => [
    program,
    '--link',
    link,
    '--model',
    `kws01=${model}`,
    '--start-model',
    'kws01',
    ...options,
  ]);
}

/**
 * Starts any program that prints `ready` once it serves a board.
 *
 * @param argumentsFor - its arguments, given the link that it is to make
 */
export async function startBoardProgram(
  file: string,
  argumentsFor: (link: string) => readonly string[],
): Promise<BoardProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-board-'));
  const path = join(folder, 'tty');
  const child = spawn(file, argumentsFor(path), { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const board: BoardProcess = {
    path,
    process: child,
    [Symbol.asyncDispose]: async () => {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  const deadline = withDeadline(startTimeoutMs);
  const kill = (): boolean => child.kill('SIGKILL');
  deadline.addEventListener('abort', kill);
  try {
    await waitUntilReady(child);
    return board;
  } catch (error) {
    await board[Symbol.asyncDispose]();
    throw error;
  } finally {
    deadline.removeEventListener('abort', kill);
  }
}
