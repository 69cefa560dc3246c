import type { DeployCommand, DeployRecipe } from '#harness/contracts/define-lab.ts';
import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';

import { checkedFile } from './checked-file.ts';
import { filledArgument, type DeployContext } from './deploy-context.ts';
import { runProgram, type ProgramEnd } from './run-program.ts';
import { withRetries } from './with-retries.ts';

type CommandRecipe = Extract<DeployRecipe, { kind: 'command' }>;

/** A recipe whose firmware was checked. */
interface CommandDeploy {
  readonly recipe: CommandRecipe;
  readonly context: DeployContext;
  readonly firmwarePath: string;
}

async function runFilled(
  { context, firmwarePath }: CommandDeploy,
  { command, environment = {}, timeoutMs }: DeployCommand,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const [program, ...args] = command;
  const filled = args.map((argument) => filledArgument(argument, context, firmwarePath));
  const end = await runProgram(
    {
      command: [filledArgument(program, context, firmwarePath), ...filled],
      environment,
      timeoutMs,
    },
    context.rootDir,
    signal,
  );
  const fields = { program, args: filled, code: end.exitCode, output: end.output };
  context.log({ level: 'info', message: 'deploy command ended', fields });
  return end;
}

/** What is wrong with what the board holds; undefined when it is what was deployed. */
async function verifyProblem(
  deploy: CommandDeploy,
  verify: NonNullable<CommandRecipe['verify']>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, output } = await runFilled(deploy, verify, signal);
  if (exitCode !== 0) return `"${verify.command[0]}" ended with ${exitCode}: ${output.trim()}`;
  if (verify.expectOutput === undefined) return undefined;
  const expected = filledArgument(verify.expectOutput, deploy.context, deploy.firmwarePath);
  if (output.includes(expected)) return undefined;
  return `"${verify.command[0]}" does not say "${expected}": ${output.trim()}`;
}

async function isThere(deploy: CommandDeploy, signal: AbortSignal): Promise<boolean> {
  const { verify } = deploy.recipe;
  if (verify === undefined) return false;
  try {
    return (await verifyProblem(deploy, verify, signal)) === undefined;
  } catch (error) {
    // A board that cannot be read before it is written is written.
    if (hasCode(error, 'dut/deploy-failed')) return false;
    throw error;
  }
}

async function deployOnce(deploy: CommandDeploy, signal: AbortSignal): Promise<void> {
  const { recipe } = deploy;
  const { exitCode, output } = await runFilled(deploy, recipe, signal);
  if (exitCode !== 0) {
    const message = `"${recipe.command[0]}" ended with ${exitCode}: ${output.trim()}`;
    throw labError('dut/deploy-failed', message, { details: { exitCode, output } });
  }
  if (recipe.verify === undefined) return;
  const problem = await verifyProblem(deploy, recipe.verify, signal);
  if (problem !== undefined) throw labError('dut/deploy-failed', `after the deploy: ${problem}`);
}

/**
 * Deploys with a program of the board's maker: nothing when `verify` says that it is there already, else the command,
 * tried again as often as the recipe says, and then `verify` must succeed.
 *
 * @throws LabError dut/deploy-failed with the last of what the program said
 */
export async function deployByCommand(
  recipe: CommandRecipe,
  context: DeployContext,
  signal: AbortSignal,
): Promise<void> {
  const { firmware, retryCount = 0 } = recipe;
  const firmwarePath =
    firmware === undefined ? '' : await checkedFile(firmware, context.rootDir, signal);
  const deploy: CommandDeploy = { recipe, context, firmwarePath };
  if (await isThere(deploy, signal)) {
    context.log({ level: 'info', message: 'deploy skipped, it is there already', fields: {} });
    return;
  }
  await withRetries(retryCount, context.log, () => deployOnce(deploy, signal));
}
