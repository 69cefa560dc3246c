import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

import type { DutIdentity } from '#harness/contracts/records/run-record.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';

import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { openTcpTransport } from '../../transports/tcp/tcp-transport.ts';
import type { DeviceLinkConfig } from './device-frames-config.ts';

/** A link that was opened, and what it says about the device at its end. */
export interface OpenedLink {
  readonly transport: ByteTransport;
  readonly usb?: NonNullable<DutIdentity['usb']>;
  /** As configured; of links over the network. */
  readonly address?: string;
  /** Of serial lines: what passes in a second, one way. Bytes may get lost on them. */
  readonly bytesPerSecond?: number;
}

/** Bits on the line for a byte in 8N1. */
const bitsPerByte = 10;
const defaultPort = 4816;

type TcpLink = Extract<DeviceLinkConfig, { kind: 'tcp' }>;
type UsbLink = Extract<DeviceLinkConfig, { kind: 'usb' }>;

async function openTcp(link: TcpLink, signal: AbortSignal): Promise<OpenedLink> {
  const { host, port = defaultPort, tls } = link;
  const transport = await openTcpTransport(
    { host, port, ...(tls === undefined ? {} : { tls }) },
    signal,
  );
  return { transport, address: transport.path };
}

async function openUsb(link: UsbLink, signal: AbortSignal): Promise<OpenedLink> {
  const { kind: _, ...selector } = link;
  // Loaded here, so that a lab without USB never loads the package.
  const { openUsbTransport } = await import('../../transports/usb/usb-transport.ts');
  const transport = await openUsbTransport(selector, signal);
  return { transport, usb: transport.identity };
}

/** Opens the link; no byte is sent. @throws LabError of the transport */
export async function openLink(link: DeviceLinkConfig, signal: AbortSignal): Promise<OpenedLink> {
  switch (link.kind) {
    case 'serial': {
      const { path, baudRate } = link;
      const transport = await openSerialTransport({ path, baudRate }, signal);
      return { transport, bytesPerSecond: baudRate / bitsPerByte };
    }
    case 'tcp':
      return openTcp(link, signal);
    case 'usb':
      return openUsb(link, signal);
  }
}

/** What only one entry of a lab may use. */
export function linkResources(link: DeviceLinkConfig): readonly string[] {
  switch (link.kind) {
    case 'serial':
      return [devicePath(link.path)];
    case 'tcp':
      return [`tcp:${link.host}:${link.port ?? defaultPort}`];
    case 'usb': {
      const { topologyPath = '', vendorId = '', productId = '', serialNumber = '' } = link;
      return [`usb:${topologyPath}:${vendorId}:${productId}:${serialNumber}`];
    }
  }
}

/** The device behind a path, so that two names of one port are one resource; the path itself while it is absent. */
function devicePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not plugged in yet: the name is all there is to go by.
    return resolve(path);
  }
}
