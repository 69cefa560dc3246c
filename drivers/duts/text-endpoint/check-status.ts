import { labError } from '#harness/contracts/error-catalogue.ts';

import type { HttpAnswer } from '../../transports/http/http-client.ts';
import { errorMessage } from './stream-event.ts';

const bodyTextMax = 400;
/** The server works, but not now: another try may do. */
const busyStatuses = new Set([408, 425, 429]);

function serverWords(body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8');
  try {
    return errorMessage(JSON.parse(text));
  } catch {
    // Not every error page is JSON.
    return text.slice(0, bodyTextMax);
  }
}

/**
 * Refuses an answer that is none.
 *
 * @throws LabError network/server-error for 5xx and for servers that are busy, network/refused for the rest
 */
export function checkStatus(answer: HttpAnswer, url: string): void {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return;
  const isServers = status >= 500 || busyStatuses.has(status);
  const code = isServers ? 'network/server-error' : 'network/refused';
  throw labError(code, `${url} answers ${status}: ${serverWords(body)}`, {
    details: { url, status },
  });
}
