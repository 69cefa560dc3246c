import { spawn, type ChildProcess } from 'node:child_process';

import type { DeployRecipe } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ModelDeployment } from '#harness/contracts/inference.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';

/** Of a failing tool's output, this much is kept for the message. */
const keptOutputChars = 2000;

function filled(argument: string, deployment: ModelDeployment): string {
  return argument
    .replaceAll('{modelFile}', deployment.modelPath)
    .replaceAll('{boardModel}', deployment.boardModel);
}

function exitCodeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/**
 * Runs a deploy recipe's command without a shell and waits for it.
 *
 * @throws LabError dut/deploy-failed with the last of what the tool said
 */
export async function deployModel(
  recipe: Extract<DeployRecipe, { kind: 'command' }>,
  context: {
    readonly deployment: ModelDeployment;
    readonly rootDir: string;
    readonly log: LogWriter;
  },
  signal: AbortSignal,
): Promise<void> {
  const [program = '', ...args] = recipe.command.map((part) => filled(part, context.deployment));
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: context.rootDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: withDeadline(recipe.timeoutMs, signal),
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString('utf8')}`.slice(-keptOutputChars);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  try {
    const code = await exitCodeOf(child);
    context.log({
      level: 'info',
      message: 'deploy command ended',
      fields: { program, args, code, output },
    });
    if (code !== 0) {
      throw labError(
        'dut/deploy-failed',
        `"${program}" ended with ${String(code)}: ${output.trim()}`,
      );
    }
  } catch (cause) {
    if (signal.aborted || (cause instanceof Error && cause.name === 'LabError')) throw cause;
    throw labError('dut/deploy-failed', `"${program}" could not be run: ${String(cause)}`, {
      cause,
    });
  }
}
