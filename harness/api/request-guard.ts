import { labError } from '#harness/contracts/error-catalogue.ts';

/** What the guard looks at. */
export interface GuardedRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** The host without its port, in lower case; brackets of IPv6 kept. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/** An address is no name that a foreign name server could point here. */
function isAddressOrLocal(name: string): boolean {
  const isAddress = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/.test(name);
  return isAddress || name === 'localhost' || name.endsWith('.localhost');
}

/**
 * Keeps web pages of other sites away from a daemon that trusts its own machine: a request must name a host that is
 * served here (else a foreign name could be pointed at this address), and one that changes something must come from
 * a page of that host, or from no page at all.
 *
 * @param trustedHosts - names besides localhost and plain addresses, without port, lower case
 * @throws LabError api/foreign-origin
 */
export function guardRequest(request: GuardedRequest, trustedHosts: readonly string[]): void {
  const host = request.host ?? '';
  const name = hostName(host);
  if (!isAddressOrLocal(name) && !trustedHosts.includes(name)) {
    throw labError('api/foreign-origin', `this daemon does not serve the host name '${name}'`);
  }
  if (request.method === 'GET' || request.method === 'HEAD' || request.origin === undefined) return;
  if (request.origin.replace(/^https?:\/\//, '').toLowerCase() !== host.toLowerCase()) {
    throw labError('api/foreign-origin', `a page of ${request.origin} may not change this lab`);
  }
}
