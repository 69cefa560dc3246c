import { spawnSync } from 'node:child_process';

/** A program that tests compare our work with. */
export interface ExternalTool {
  readonly available: boolean;
  /** Both outputs of the program, one after the other; its exit code. */
  readonly run: (
    args: readonly string[],
    cwd?: string,
  ) => { readonly output: string; readonly exitCode: number };
}

const timeoutMs = 20_000;

/**
 * Finds a program. When it is missing its tests are skipped and standard error says so; in CI that is an error.
 *
 * @throws Error when it is missing and `isRequired`
 */
export function externalTool(
  name: string,
  options: { readonly isRequired: boolean },
): ExternalTool {
  const available = spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
  if (!available && options.isRequired) throw new Error(`${name} is missing, and CI needs it`);
  if (!available) process.stderr.write(`SKIPPED: the tests that need ${name}; install it\n`);
  return {
    available,
    run: (args, cwd) => {
      const ended = spawnSync(name, [...args], { encoding: 'utf8', timeout: timeoutMs, cwd });
      return { output: `${ended.stdout}${ended.stderr}`, exitCode: ended.status ?? -1 };
    },
  };
}
