import { labError } from '#harness/contracts/error-catalogue.ts';

import { openSerialTransport } from '../../transports/serial/serial-transport.ts';
import { openBootLoader } from './boot-loader.ts';
import { byteLink } from './byte-link.ts';

/** What is written where. */
export interface FirmwareRequest {
  readonly path: string;
  readonly baudRate: number;
  readonly address: number;
  readonly firmware: Uint8Array;
}

/** What happened. */
export interface FirmwareEnd {
  readonly chipId: string;
  readonly version: string;
  /** False when the board held exactly these bytes before. */
  readonly written: boolean;
}

/** Flash is written in words; what lies behind the firmware is as after an erase. */
function wholeWords(firmware: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(firmware.length / 4) * 4).fill(0xff);
  bytes.set(firmware);
  return bytes;
}

/**
 * Writes firmware through the boot loader of a board, reads it back, and starts it. Nothing is written when the board
 * holds it already.
 *
 * @throws LabError dut/deploy-failed, dut/timeout, serial/…
 */
export async function writeFirmware(
  { path, baudRate, address, firmware }: FirmwareRequest,
  signal: AbortSignal,
): Promise<FirmwareEnd> {
  await using transport = await openSerialTransport({ path, baudRate, parity: 'even' }, signal);
  const loader = await openBootLoader(byteLink(transport, signal));
  const { chipId, version } = loader;
  const bytes = wholeWords(firmware);
  const isHeld = Buffer.from(await loader.read(address, bytes.length)).equals(bytes);
  if (!isHeld) {
    await loader.eraseAll();
    await loader.write(address, bytes);
    const held = await loader.read(address, bytes.length);
    const wrongAt = held.findIndex((byte, index) => byte !== bytes[index]);
    if (wrongAt >= 0) {
      const message = `${path}: after the write, byte ${wrongAt} of the firmware reads back as another`;
      throw labError('dut/deploy-failed', message, { details: { path, wrongAt } });
    }
  }
  await loader.go(address);
  return { chipId, version, written: !isHeld };
}
