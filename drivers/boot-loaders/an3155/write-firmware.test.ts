import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addressBytes, commandBytes, readLengthBytes, writeBlockBytes } from './protocol.ts';
import { writeFirmware } from './write-firmware.ts';

const simulator = fileURLToPath(
  new URL('../../../fixtures/boards/boot-loader/main.ts', import.meta.url),
);
let dir = '';
let child: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
});

afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
});

async function startBoard(...faults: readonly string[]): Promise<string> {
  const path = join(dir, 'boot');
  const flags = ['--link', path, '--flash', join(dir, 'flash'), '--exit-with-parent'];
  const args = [simulator, ...flags, ...faults.flatMap((fault) => ['--fault', fault])];
  const started = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) if (line === 'ready') break;
  return path;
}

const firmware = Uint8Array.from({ length: 1001 }, (_, index) => (index * 7) % 256);

function write(path: string, timeoutMs = 15_000) {
  const request = { path, baudRate: 115_200, address: 0x0800_0000, firmware };
  return writeFirmware(request, AbortSignal.timeout(timeoutMs));
}

describe('the bytes of the boot loader protocol', () => {
  it('are those of the application note', () => {
    expect([...commandBytes(0x11)]).toEqual([0x11, 0xee]);
    expect([...addressBytes(0x0800_0100)]).toEqual([0x08, 0x00, 0x01, 0x00, 0x09]);
    expect([...readLengthBytes(256)]).toEqual([0xff, 0x00]);
    expect([...writeBlockBytes(Uint8Array.of(0xaa, 0x55, 0x0f, 0xf0))]).toEqual([
      0x03, 0xaa, 0x55, 0x0f, 0xf0, 0x03,
    ]);
  });
});

describe('firmware over a serial boot loader', () => {
  it('is written, read back and started, and left alone the second time', async () => {
    const path = await startBoard();
    const found = { chipId: '0x0470', version: '3.1' };
    expect(await write(path)).toEqual({ ...found, written: true });
    expect(readFileSync(join(dir, 'flash')).subarray(0, 1004)).toEqual(
      Buffer.from([...firmware, 0xff, 0xff, 0xff]),
    );
    expect(await write(path)).toEqual({ ...found, written: false });
  });

  it('is refused when what was written reads back as something else', async () => {
    const path = await startBoard('stuck-bit');
    await expect(write(path)).rejects.toMatchObject({ code: 'dut/deploy-failed' });
    await expect(write(path)).rejects.toThrow('reads back as another');
  });

  it('says what a protected part refused', async () => {
    const path = await startBoard('protected');
    await expect(write(path)).rejects.toThrow('refused it: write of 256 bytes at 0x8000000');
  });

  it('ends at its deadline when no boot loader answers', async () => {
    const path = await startBoard();
    child?.kill('SIGSTOP');
    await expect(write(path, 1200)).rejects.toMatchObject({ name: 'TimeoutError' });
    child?.kill('SIGCONT');
  });
});
