import process from 'node:process';

import { Option } from 'commander';

import { labError } from '#harness/contracts/error-catalogue.ts';

import type { DaemonClient } from './daemon-client.ts';

const defaultUrl = 'http://127.0.0.1:4610';

/** `--url`, the same in every command that talks to a daemon. */
export function urlOption(): Option {
  return new Option('--url <url>', `address of the daemon (ASSAY_URL; default ${defaultUrl})`);
}

/** A client for that address; its schemas are loaded only now, so that `--help` answers at once. */
export async function connectDaemon(option: string | undefined): Promise<DaemonClient> {
  const url = daemonUrl(option);
  const { createDaemonClient } = await import('./daemon-client.ts');
  return createDaemonClient(url);
}

/**
 * The daemon's address, without a slash at the end: the option, else ASSAY_URL, else this machine.
 *
 * @throws LabError cli/usage when it is no http address
 */
function daemonUrl(option: string | undefined): string {
  // oxlint-disable-next-line no-restricted-properties -- commands read their one variable here
  const text = option ?? process.env['ASSAY_URL'] ?? defaultUrl;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw labError('cli/usage', `'${text}' is no http address`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
