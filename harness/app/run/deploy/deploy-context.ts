import type { ModelDeployment } from '#harness/contracts/inference.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';

/** What every recipe works with. */
export interface DeployContext {
  readonly deployment: ModelDeployment;
  /** Folder of lab.config.ts: working directory of programs, base of relative paths. */
  readonly rootDir: string;
  readonly log: LogWriter;
}

/** Fills in the placeholders of an argument; `firmwarePath` where the recipe has a firmware. */
export function filledArgument(
  argument: string,
  { deployment }: DeployContext,
  firmwarePath = '',
): string {
  return argument
    .replaceAll('{modelFile}', () => deployment.modelPath)
    .replaceAll('{modelSha256}', () => deployment.modelSha256)
    .replaceAll('{boardModel}', () => deployment.boardModel)
    .replaceAll('{firmwareFile}', () => firmwarePath);
}
