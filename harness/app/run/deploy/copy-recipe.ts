import type { DeployRecipe } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import { filledArgument, type DeployContext } from './deploy-context.ts';
import { runProgram, type ProgramEnd } from './run-program.ts';
import { withRetries } from './with-retries.ts';

type CopyRecipe = Extract<DeployRecipe, { kind: 'copy' }>;

/** Its own bound: the run may have been aborted. */
const takeAwayMs = 10_000;

interface Copy {
  readonly recipe: CopyRecipe;
  readonly context: DeployContext;
  readonly remotePath: string;
}

/** Nobody is there to type a password or to accept a host key. */
function sshOptions({ identityFile }: CopyRecipe): string[] {
  const identity = identityFile === undefined ? [] : ['-i', identityFile];
  return ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', ...identity];
}

async function run(
  { recipe, context }: Copy,
  command: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const end = await runProgram({ command, timeoutMs: recipe.timeoutMs }, context.rootDir, signal);
  const [program, ...args] = command;
  const fields = { program, args, code: end.exitCode, output: end.output };
  context.log({ level: 'info', message: 'deploy command ended', fields });
  return end;
}

/** One word for the shell at the other end, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function onBoard(
  copy: Copy,
  words: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const { recipe } = copy;
  const port = recipe.port === undefined ? [] : ['-p', String(recipe.port)];
  const remote = words.map(quoted).join(' ');
  return run(copy, ['ssh', ...sshOptions(recipe), ...port, '--', recipe.host, remote], signal);
}

function failed(what: string, { exitCode, output }: ProgramEnd): Error {
  const message = `${what} ended with ${exitCode}: ${output.trim()}`;
  return labError('dut/deploy-failed', message, { details: { exitCode, output } });
}

/** Whether the board holds exactly these bytes, by its own reckoning. */
async function isThere(copy: Copy, signal: AbortSignal): Promise<boolean> {
  const { exitCode, output } = await onBoard(copy, ['sha256sum', copy.remotePath], signal);
  return exitCode === 0 && output.includes(copy.context.deployment.modelSha256);
}

async function copyOnce(copy: Copy, signal: AbortSignal): Promise<void> {
  const { recipe, context, remotePath } = copy;
  const port = recipe.port === undefined ? [] : ['-P', String(recipe.port)];
  const target = `${recipe.host}:${remotePath}`;
  const copied = await run(
    copy,
    ['scp', ...sshOptions(recipe), ...port, '--', context.deployment.modelPath, target],
    signal,
  );
  if (copied.exitCode !== 0) throw failed('scp', copied);
  if (await isThere(copy, signal)) return;
  throw labError(
    'dut/deploy-failed',
    `${target} has another SHA-256 than the model after the copy`,
  );
}

/**
 * What serves the model is restarted. Where it is not, the file is taken away again: the next attempt would find it in
 * its place and leave the restart out, and the model before it would be measured.
 */
async function restart(
  copy: Copy,
  words: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<void> {
  let isRestarted = false;
  try {
    const restarted = await onBoard(copy, words, signal);
    if (restarted.exitCode !== 0) throw failed(`"${words[0]}" on the board`, restarted);
    isRestarted = true;
  } finally {
    if (!isRestarted) await takeAway(copy);
  }
}

async function takeAway(copy: Copy): Promise<void> {
  try {
    await onBoard(copy, ['rm', '-f', copy.remotePath], AbortSignal.timeout(takeAwayMs));
  } catch (error) {
    const fields = { error: String(error) };
    copy.context.log({ level: 'error', message: 'the copied model could not be removed', fields });
  }
}

/**
 * Copies the model onto a board with `scp`, and compares its SHA-256 there; nothing is copied when it is there already.
 * What the recipe wants restarted is restarted only after a copy.
 *
 * @throws LabError dut/deploy-failed with the last of what the program said
 */
export async function deployByCopy(
  recipe: CopyRecipe,
  context: DeployContext,
  signal: AbortSignal,
): Promise<void> {
  const copy: Copy = { recipe, context, remotePath: filledArgument(recipe.remotePath, context) };
  if (await isThere(copy, signal)) {
    context.log({ level: 'info', message: 'deploy skipped, it is there already', fields: {} });
    return;
  }
  await withRetries(recipe.retryCount ?? 0, context.log, () => copyOnce(copy, signal));
  if (recipe.restart !== undefined) await restart(copy, recipe.restart, signal);
}
