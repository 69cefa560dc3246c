import { readFile } from 'node:fs/promises';

import type { ServerTls } from '#drivers/transports/tcp/tcp-server.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import type { IdentityWishes } from './board-identity.ts';
import type { InferenceSettings } from './inference-messages.ts';

/** What an agent is started with. */
export interface AgentOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly stateFolder: string;
  readonly tokenFile?: string;
  readonly tls?: TlsFiles;
  readonly inference: InferenceSettings;
  readonly modelBytesMax: number;
  /** Absent: the board tells nothing of itself. */
  readonly telemetry?: { readonly sysfs: string; readonly nvidiaSmi: string };
  readonly identity: IdentityWishes;
}

/** PEM files. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** @throws LabError agent/insecure when anybody on the network could use the agent */
export function checkExposure({ host, tokenFile, tls }: AgentOptions): void {
  if (isLoopback(host) || tokenFile !== undefined || tls?.clientCaFile !== undefined) return;
  throw labError(
    'agent/insecure',
    `the agent would serve anybody who reaches ${host}: give --token-file or --tls-client-ca`,
    { details: { host } },
  );
}

async function readPem(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw labError('agent/bad-secret', `the file ${file} cannot be read`, {
      details: { file },
      cause,
    });
  });
}

/** @throws LabError agent/bad-secret */
export async function readServerTls(files: TlsFiles): Promise<ServerTls> {
  const { certificateFile, keyFile, clientCaFile } = files;
  return {
    certificate: await readPem(certificateFile),
    key: await readPem(keyFile),
    ...(clientCaFile === undefined ? {} : { clientCa: await readPem(clientCaFile) }),
  };
}
