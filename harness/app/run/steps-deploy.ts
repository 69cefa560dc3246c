import { labError } from '#harness/contracts/error-catalogue.ts';

import { modelDeployment } from '../lab/open-board.ts';
import { checkExpectedIdentity, checkSameDevice } from './check-identity.ts';
import { deployModel, type OutsideRecipe } from './deploy/deploy-model.ts';
import { closeDevice, openDevice } from './open-device.ts';
import { deviceOf, type RunBench } from './run-bench.ts';

/** Who is there. */
export async function identify(bench: RunBench, signal: AbortSignal): Promise<void> {
  const identity = await deviceOf(bench).call('identify', null, { signal });
  bench.found.identity = identity;
  checkExpectedIdentity(bench.board, identity, 'before it is used');
  bench.log({ level: 'info', message: 'board identified', fields: { ...identity } });
}

function holdsModel(bench: RunBench): boolean {
  return bench.found.identity?.model === bench.suite.boardModel;
}

function wrongModel(bench: RunBench, hint: string): Error {
  const held = bench.found.identity?.model ?? '';
  const message = `board ${bench.board.id} holds model "${held}", the suite needs "${bench.suite.boardModel}"${hint}`;
  return labError('dut/wrong-model', message);
}

/** Whether the recipe looks for itself at what the board holds, and not only at the model's name. */
function readsBack(recipe: OutsideRecipe): boolean {
  return recipe.kind === 'copy' || (recipe.kind === 'command' && recipe.verify !== undefined);
}

async function deployOutside(
  bench: RunBench,
  recipe: OutsideRecipe,
  signal: AbortSignal,
): Promise<void> {
  const { lab, suite, log } = bench;
  // A boot loader answers on the board's own port.
  const needsPort = recipe.kind === 'serial-boot-loader';
  if (needsPort) await closeDevice(bench);
  const deployment = modelDeployment(lab, suite);
  await deployModel(recipe, { deployment, rootDir: lab.rootDir, log }, signal);
  if (needsPort) await openDevice(bench, signal);
}

/** Puts the model on the board again, whatever it says that it holds. */
export async function redeploy(bench: RunBench, signal: AbortSignal): Promise<void> {
  const recipe = bench.board.deploy ?? { kind: 'driver' };
  if (recipe.kind === 'none') return;
  if (recipe.kind === 'driver') await deviceOf(bench).call('deploy', null, { signal });
  else await deployOutside(bench, recipe, signal);
}

/** The suite's model onto the board, unless it is there already; then waits until the board has booted. */
export async function deploy(bench: RunBench, signal: AbortSignal): Promise<void> {
  const recipe = bench.board.deploy ?? { kind: 'driver' };
  const isOutside = recipe.kind !== 'none' && recipe.kind !== 'driver';
  if (holdsModel(bench) && !(isOutside && readsBack(recipe))) return;
  if (isOutside) await deployOutside(bench, recipe, signal);
  else if (recipe.kind === 'none' || !(await deviceOf(bench).call('deploy', null, { signal })))
    throw wrongModel(bench, ' and the board has no deploy recipe');
  await deviceOf(bench).call('awaitBoot', null, { signal });
}

/** After a deploy the board must be the same one, with the model that was put on it. */
export async function confirmBoot(bench: RunBench, signal: AbortSignal): Promise<void> {
  const before = bench.found.identity;
  await identify(bench, signal);
  const now = bench.found.identity;
  if (before !== undefined && now !== undefined)
    checkSameDevice(bench.board.id, { before, now }, 'after it has booted');
  if (!holdsModel(bench)) throw wrongModel(bench, ' after the deploy');
}
