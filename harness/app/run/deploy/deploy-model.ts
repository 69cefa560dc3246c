import type { DeployRecipe } from '#harness/contracts/define-lab.ts';

import { deployByBootLoader } from './boot-loader-recipe.ts';
import { deployByCommand } from './command-recipe.ts';
import { deployByCopy } from './copy-recipe.ts';
import type { DeployContext } from './deploy-context.ts';

/** A recipe that works beside the board's driver. */
export type OutsideRecipe = Exclude<DeployRecipe, { kind: 'none' | 'driver' }>;

/**
 * Puts the model or the firmware on the board as the recipe says.
 *
 * @throws LabError dut/deploy-failed
 */
export async function deployModel(
  recipe: OutsideRecipe,
  context: DeployContext,
  signal: AbortSignal,
): Promise<void> {
  switch (recipe.kind) {
    case 'command':
      await deployByCommand(recipe, context, signal);
      return;
    case 'copy':
      await deployByCopy(recipe, context, signal);
      return;
    case 'serial-boot-loader':
      await deployByBootLoader(recipe, context, signal);
      return;
  }
}
