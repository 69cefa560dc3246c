import { env, InferenceSession as OnnxSession, listSupportedBackends } from 'onnxruntime-node';

import { labError } from '#harness/contracts/error-catalogue.ts';

/** One `Identity` of one float32; onnx.proto, IR version 8, operator set 13. */
const identityModel = Buffer.from(
  '08083a370a100a017812017922084964656e74697479120167' +
    '5a0f0a0178120a0a08080112040a020801' +
    '620f0a0179120a0a08080112040a020801' +
    '4202100d',
  'hex',
);

/**
 * Opens a model of one operator with each of the providers, so that a wrong name or a missing library is seen at the
 * start and not in a run.
 *
 * @throws LabError agent/provider-unavailable, which says what this build of the library has
 */
export async function checkExecutionProviders(names: readonly string[]): Promise<void> {
  env.logLevel = 'error';
  const offered = listSupportedBackends();
  const offer = offered
    .map(({ name, bundled }) => (bundled ? name : `${name} (with libraries of its own)`))
    .join(', ');
  for (const name of names) {
    const fail = (reason: string, cause?: unknown): Error =>
      labError(
        'agent/provider-unavailable',
        `The execution provider '${name}' ${reason}; available are ${offer}.`,
        { details: { name, offered: offered.map((each) => each.name) }, cause },
      );
    if (!offered.some((each) => each.name === name)) throw fail('is not in this build');
    try {
      const session = await OnnxSession.create(identityModel, { executionProviders: [name] });
      await session.release();
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw fail(`cannot be used here: ${words.slice(0, 300)}`, cause);
    }
  }
}
