import { readFile } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';

import type { HttpClientOptions } from '../../transports/http/http-client.ts';
import type { TextEndpointConfig } from './text-endpoint-config.ts';

async function readText(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw labError('config/invalid', `the file ${path} of a text endpoint cannot be read`, {
      details: { path },
      cause,
    });
  }
}

/**
 * Certificates and key of an endpoint, read from their files.
 *
 * @throws LabError config/invalid for a file that cannot be read
 */
export async function readCredentials(
  config: TextEndpointConfig,
): Promise<Pick<HttpClientOptions, 'tls' | 'bearerToken'>> {
  const token = (await readText(config.apiKeyFile))?.trim();
  const bearer = token === undefined ? {} : { bearerToken: token };
  if (config.tls === undefined) return bearer;
  const { caFile, serverName, certificateFile, keyFile } = config.tls;
  const [ca, certificate, key] = await Promise.all(
    [caFile, certificateFile, keyFile].map((path) => readText(path)),
  );
  return {
    ...bearer,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    },
  };
}
