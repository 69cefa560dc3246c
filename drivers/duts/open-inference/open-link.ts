import { readFile } from 'node:fs/promises';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { TlsOptions } from '../../transports/http/http-client.ts';
import { openGrpcLink } from './grpc-link.ts';
import { openHttpLink } from './http-link.ts';
import type { InferenceLink } from './inference-link.ts';
import { serverModel, type OpenInferenceSettings } from './open-inference-config.ts';

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw labError('network/tls-failed', `the certificate file ${file} cannot be read`, {
      details: { file },
      cause,
    });
  }
}

async function readTls(settings: OpenInferenceSettings): Promise<TlsOptions | undefined> {
  const { tls } = settings;
  if (tls === undefined) return undefined;
  const { caFile, certificateFile, keyFile, serverName } = tls;
  return {
    ...(serverName === undefined ? {} : { serverName }),
    ...(caFile === undefined ? {} : { ca: await readPem(caFile) }),
    ...(certificateFile === undefined ? {} : { certificate: await readPem(certificateFile) }),
    ...(keyFile === undefined ? {} : { key: await readPem(keyFile) }),
  };
}

/**
 * The link that the settings name; nothing is sent yet.
 *
 * @param boardModel - of the suite; empty without one
 * @throws LabError network/tls-failed when a certificate file cannot be read
 */
export async function openInferenceLink(
  settings: OpenInferenceSettings,
  boardModel: string,
  clock: Clock,
): Promise<InferenceLink> {
  const tls = await readTls(settings);
  const model = serverModel(settings, boardModel);
  const secure = tls === undefined ? {} : { tls };
  const { url, connectionCount, connectTimeoutMs, commandTimeoutMs, inferTimeoutMs } = settings;
  if (settings.protocol === 'grpc') {
    const timeouts = { commandTimeoutMs, inferTimeoutMs };
    return openGrpcLink({ url, connectionCount, model, ...timeouts, ...secure }, clock);
  }
  const { encoding } = settings;
  const pool = { baseUrl: url, connectionCountMax: connectionCount, connectTimeoutMs };
  return openHttpLink({ ...pool, model, encoding, ...secure }, clock);
}
