import { fileURLToPath } from 'node:url';

import type { DeployRecipe } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import { checkedFile } from './checked-file.ts';
import type { DeployContext } from './deploy-context.ts';
import { runProgram } from './run-program.ts';
import { withRetries } from './with-retries.ts';

type BootLoaderRecipe = Extract<DeployRecipe, { kind: 'serial-boot-loader' }>;

/** A program of its own, so that a wedged port can be killed. */
const programPath = fileURLToPath(
  new URL('../../../../drivers/boot-loaders/an3155/write-firmware-entry.ts', import.meta.url),
);
const defaultBaudRate = 115_200;

/**
 * Writes the firmware through the boot loader of the board's UART and reads it back; nothing is written when the
 * board holds it already. The board's port must be free.
 *
 * @throws LabError dut/deploy-failed with the last of what the program said
 */
export async function deployByBootLoader(
  recipe: BootLoaderRecipe,
  context: DeployContext,
  signal: AbortSignal,
): Promise<void> {
  const { path, baudRate = defaultBaudRate, firmware, address, timeoutMs } = recipe;
  const firmwarePath = await checkedFile(firmware, context.rootDir, signal);
  const args = ['--path', path, '--baud', String(baudRate), '--address', String(address)];
  const command = ['node', programPath, ...args, '--firmware', firmwarePath] as const;
  await withRetries(recipe.retryCount ?? 0, context.log, async () => {
    const end = await runProgram({ command, timeoutMs }, context.rootDir, signal);
    const fields = { args, code: end.exitCode, output: end.output };
    context.log({ level: 'info', message: 'boot loader ended', fields });
    if (end.exitCode === 0) return;
    const message = `the boot loader at ${path}: ${end.output.trim()}`;
    throw labError('dut/deploy-failed', message, { details: { output: end.output } });
  });
}
