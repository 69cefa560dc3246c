import { errors } from 'undici';

import { labError, type ErrorCode } from '#harness/contracts/error-catalogue.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

/** Where an exchange stood when it failed. */
export interface HttpFailure {
  /** As configured, without credentials. */
  readonly url: string;
  /** Bytes of the answer's body that had arrived; undefined before its status line. */
  readonly answerBytes: number | undefined;
  /** Whether the connection is encrypted. */
  readonly isTls: boolean;
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'ENOENT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const malformedCodes = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE']);

/** OpenSSL's own reasons and Node's checks of certificates and host names. */
const tlsCodePattern =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|ERROR_IN_CERT|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_|EPROTO$)/;

/** The code that Node or the HTTP library gave, also when several addresses were tried. */
function causeCode(cause: unknown): string {
  if (cause instanceof AggregateError) return causeCode(cause.errors[0]);
  if (!(cause instanceof Error) || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}

/**
 * The lab's code for a failed connection or exchange, from the library's code and never from its words.
 *
 * @param isConnected - whether the connection had been made, with its encryption
 */
export function networkCode(
  cause: unknown,
  link: { readonly isConnected: boolean; readonly isTls: boolean },
): ErrorCode {
  const code = causeCode(cause);
  if (unreachableCodes.has(code)) return 'network/unreachable';
  if (tlsCodePattern.test(code)) return 'network/tls-failed';
  if (cause instanceof errors.HTTPParserError || malformedCodes.has(code)) {
    return 'network/malformed-answer';
  }
  // A server that does not speak TLS, or refuses our certificate, just hangs up on the handshake.
  if (link.isTls && !link.isConnected) return 'network/tls-failed';
  return 'network/closed';
}

const sentences: Partial<Record<ErrorCode, string>> = {
  'network/unreachable': 'nothing answers at',
  'network/tls-failed': 'no encrypted connection could be made to',
  'network/malformed-answer': 'what arrived is no HTTP answer, from',
  'network/closed': 'the connection was closed before the answer was whole, by',
};

/** A failed exchange as an error of the lab; `details.answerBytes` says how far the answer had come, if at all. */
export function httpError(
  cause: unknown,
  failure: HttpFailure & { readonly isConnected: boolean },
): LabError {
  if (cause instanceof LabError) return cause;
  const code = networkCode(cause, failure);
  const { url, answerBytes } = failure;
  return labError(code, `${sentences[code] ?? 'the exchange failed with'} ${url}`, {
    details: { url, cause: causeCode(cause), answerBytes: answerBytes ?? null },
    cause,
  });
}
