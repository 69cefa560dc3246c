import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

import { exitCodes } from './exit-code.ts';

/**
 * Runs a file with this Node and this terminal until it ends. SIGTERM and SIGHUP are passed on; Ctrl-C reaches the
 * whole terminal group by itself, and is passed on where there is no terminal.
 *
 * @returns its exit code; 130 when a signal ended it
 */
export async function runChild(path: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, pass);
  try {
    await once(child, 'exit');
    return child.exitCode ?? exitCodes.interrupted;
  } finally {
    for (const name of names) process.off(name, pass);
  }
}
