import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const mainPath = fileURLToPath(new URL('../main.ts', import.meta.url));
const deadlineMs = 25_000;

/** How a command ended. */
export interface CliOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliOutcome>;
  /** What it has written so far, both streams together. */
  readonly written: () => string;
}

/** Starts `assay` as its own process; it is killed after 25 s. */
export function startCli(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): CliProcess {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', mainPath, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/bin:/bin', ...options.env },
      timeout: deadlineMs,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(() => ({ exitCode: child.exitCode, stdout, stderr }));
  return { child, ended, written: () => `${stdout}${stderr}` };
}
