import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { startBoardProcess, startBoardProgram, type BoardProcess } from './board-process.ts';

/** What boards call the models of the three benchmarks that load their samples. */
export type ZeroCostModel = 'kws01' | 'ic01' | 'vww01';

/** Bytes of a sample, and values of an answer. */
export const zeroCostShapes: Readonly<
  Record<ZeroCostModel, { readonly sampleBytes: number; readonly outputLength: number }>
> = {
  kws01: { sampleBytes: 490, outputLength: 12 },
  ic01: { sampleBytes: 3_072, outputLength: 10 },
  vww01: { sampleBytes: 27_648, outputLength: 2 },
};

/** Makes boards that cost nothing, so that what is measured is the host. */
export interface ZeroCostBoards extends AsyncDisposable {
  /** Where there is a C compiler the boards are programs of C99, else the simulator of Node. */
  readonly peer: 'C99' | 'Node';
  /** Starts one, unpaced. */
  readonly start: (model: ZeroCostModel) => Promise<BoardProcess>;
}

const source = fileURLToPath(
  new URL('../../../fixtures/boards/tiny-board/zero-cost-board.c', import.meta.url),
);
const compileTimeoutMs = 30_000;

async function isCompiled(program: string): Promise<boolean> {
  const flags = ['-std=c99', '-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source];
  try {
    await promisify(execFile)('gcc', flags, { timeout: compileTimeoutMs });
    return true;
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent) return false;
    throw error;
  }
}

/** Compiles the board when there is a compiler. @throws Error when it does not compile */
export async function zeroCostBoards(): Promise<ZeroCostBoards> {
  const folder = await mkdtemp(join(tmpdir(), 'zero-cost-'));
  const program = join(folder, 'zero-cost-board');
  const [file, peer] = (await isCompiled(program))
    ? ([program, 'C99'] as const)
    : ([undefined, 'Node'] as const);
  return {
    peer,
    start: (model) =>
      file === undefined
        ? startBoardProcess(['--zero-cost', '--start-model', model, '--no-pace'])
        : startBoardProgram(file, (link) => [link, model]),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
