import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';

import type { ByteLink } from './byte-link.ts';
import {
  ack,
  addressBytes,
  blockBytesMax,
  command,
  commandBytes,
  eraseAll,
  eraseAllExtended,
  nack,
  readLengthBytes,
  sync,
  writeBlockBytes,
} from './protocol.ts';

const answerTimeoutMs = 1000;
/** A mass erase of the largest parts. */
const eraseTimeoutMs = 40_000;

/** A boot loader that answers. */
export interface BootLoader {
  readonly version: string;
  /** Product id, `0x0470`. */
  readonly chipId: string;
  readonly read: (address: number, byteCount: number) => Promise<Uint8Array>;
  readonly eraseAll: () => Promise<void>;
  readonly write: (address: number, data: Uint8Array) => Promise<void>;
  /** Starts the program at the address; the boot loader is gone then. */
  readonly go: (address: number) => Promise<void>;
}

async function expectAck(
  link: ByteLink,
  what: string,
  timeoutMs: number = answerTimeoutMs,
): Promise<void> {
  const [byte] = await link.read(1, timeoutMs);
  if (byte === ack) return;
  const heard = byte === nack ? 'refused it' : `answered 0x${(byte ?? 0).toString(16)}`;
  throw labError('dut/deploy-failed', `the boot loader ${heard}: ${what}`);
}

async function ask(link: ByteLink, code: number, what: string): Promise<void> {
  link.discard();
  await link.write(commandBytes(code));
  await expectAck(link, what);
}

/** Answer to `get` and `getId`: a length less one, the bytes, an acknowledgement. */
async function askList(link: ByteLink, code: number, what: string): Promise<Uint8Array> {
  await ask(link, code, what);
  const [lengthLessOne = 0] = await link.read(1, answerTimeoutMs);
  const bytes = await link.read(lengthLessOne + 1, answerTimeoutMs);
  await expectAck(link, what);
  return bytes;
}

/** Sends the byte by which the boot loader finds the speed, until it answers; the caller's signal bounds it. */
async function synchronise(link: ByteLink): Promise<void> {
  for (;;) {
    link.discard();
    await link.write(Uint8Array.of(sync));
    try {
      const [byte] = await link.read(1, 500);
      // Refused: it had found the speed before, and took the byte for a command.
      if (byte === ack || byte === nack) return;
    } catch (error) {
      if (!hasCode(error, 'dut/timeout')) throw error;
    }
  }
}

async function readBlock(link: ByteLink, address: number, byteCount: number): Promise<Uint8Array> {
  const what = `read of ${byteCount} bytes at 0x${address.toString(16)}`;
  await ask(link, command.read, what);
  await link.write(addressBytes(address));
  await expectAck(link, what);
  await link.write(readLengthBytes(byteCount));
  await expectAck(link, what);
  return link.read(byteCount, answerTimeoutMs);
}

async function writeBlock(link: ByteLink, address: number, data: Uint8Array): Promise<void> {
  const what = `write of ${data.length} bytes at 0x${address.toString(16)}`;
  await ask(link, command.write, what);
  await link.write(addressBytes(address));
  await expectAck(link, what);
  await link.write(writeBlockBytes(data));
  await expectAck(link, what);
}

async function erase(link: ByteLink, commands: Uint8Array): Promise<void> {
  const isExtended = commands.includes(command.extendedErase);
  const what = 'erase of everything';
  await ask(link, isExtended ? command.extendedErase : command.erase, what);
  await link.write(isExtended ? eraseAllExtended : eraseAll);
  await expectAck(link, what, eraseTimeoutMs);
}

/** Places and sizes of the blocks of so many bytes. */
function blocksOf(byteCount: number): readonly { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(byteCount / blockBytesMax) }, (_, index) => ({
    from: index * blockBytesMax,
    to: Math.min((index + 1) * blockBytesMax, byteCount),
  }));
}

/**
 * Waits until the boot loader answers and asks what it is.
 *
 * @throws LabError dut/deploy-failed, serial/unplugged · the reason of the signal that the link was made with
 */
export async function openBootLoader(link: ByteLink): Promise<BootLoader> {
  await synchronise(link);
  const [version = 0, ...commands] = await askList(link, command.get, 'list of commands');
  const id = await askList(link, command.getId, 'chip id');
  return {
    version: `${version >> 4}.${version & 0xf}`,
    chipId: `0x${Buffer.from(id).toString('hex')}`,
    read: async (address, byteCount) => {
      const bytes = new Uint8Array(byteCount);
      for (const { from, to } of blocksOf(byteCount))
        bytes.set(await readBlock(link, address + from, to - from), from);
      return bytes;
    },
    eraseAll: () => erase(link, Uint8Array.from(commands)),
    write: async (address, data) => {
      for (const { from, to } of blocksOf(data.length))
        await writeBlock(link, address + from, data.subarray(from, to));
    },
    go: async (address) => {
      await ask(link, command.go, 'start');
      await link.write(addressBytes(address));
      await expectAck(link, 'start');
    },
  };
}
