import { hasCode } from '#harness/contracts/error-catalogue.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';

/**
 * Tries a deploy up to `retryCount` times more when it failed; each failure is logged.
 *
 * @throws LabError dut/deploy-failed of the last try · anything else of any try
 */
export async function withRetries(
  retryCount: number,
  log: LogWriter,
  attempt: () => Promise<void>,
): Promise<void> {
  for (let tryCount = 1; ; tryCount += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!hasCode(error, 'dut/deploy-failed') || tryCount > retryCount) throw error;
      const fields = { tryCount, error: error.message };
      log({ level: 'warn', message: 'deploy failed, tried again', fields });
    }
  }
}
