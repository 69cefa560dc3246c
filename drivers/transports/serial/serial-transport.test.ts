import { symlink, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { describe, expect, it } from 'vitest';

import { openPseudoTerminal } from '#fixtures/pseudo-terminal/pseudo-terminal.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';

import { openSerialTransport } from './serial-transport.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);
const open = (path: string): Promise<ByteTransport> =>
  openSerialTransport({ path, baudRate: 115_200 }, inTime());

/** Resolves with all that came once `byteCount` bytes are there. */
async function received(transport: ByteTransport, byteCount: number): Promise<string> {
  let text = '';
  const { promise, resolve } = Promise.withResolvers<string>();
  const end = transport.onBytes((chunk) => {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length >= byteCount) resolve(text);
  });
  const all = await promise;
  end();
  return all;
}

describe('the serial transport', () => {
  it('carries bytes both ways unchanged, all 256 of them', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    await using pty = await openPseudoTerminal({ onBytes: (bytes) => pty.write(bytes) });
    await using transport = await open(pty.path);
    const echo = received(transport, 256);
    await transport.write(all, inTime());
    expect(Buffer.from(await echo, 'latin1').equals(all)).toBe(true);
  });

  it('gives each chunk to its listener for good', async () => {
    await using pty = await openPseudoTerminal({ onBytes: (bytes) => pty.write(bytes) });
    await using transport = await open(pty.path);
    const chunks: Uint8Array[] = [];
    transport.onBytes((chunk) => chunks.push(chunk));
    for (const text of ['first', 'other']) {
      const echo = received(transport, 5);
      await transport.write(Buffer.from(text), inTime());
      await echo;
    }
    expect(Buffer.concat(chunks).toString()).toBe('firstother');
  });

  it('sets the speed that was asked for', async () => {
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    await using _ = await openSerialTransport({ path: pty.path, baudRate: 921_600 }, inTime());
    expect(await pty.hostBaudRate()).toBe(921_600);
  });

  it('keeps a second opener out until it is closed', async () => {
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    const first = await open(pty.path);
    await expect(open(pty.path)).rejects.toMatchObject({ code: 'serial/busy' });
    await first[Symbol.asyncDispose]();
    await using second = await open(pty.path);
    expect(second.path).toBe(pty.path);
  });

  it('ends as unplugged when the other end goes, and rejects writes from then on', async () => {
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    await using transport = await open(pty.path);
    await pty.unplug();
    expect((await transport.ended).reason).toBe('unplugged');
    const late = transport.write(Buffer.from('x'), inTime());
    await expect(late).rejects.toMatchObject({ code: 'serial/unplugged' });
  });

  it('rejects a write that still waits when the device goes', async () => {
    await using unread = await unreadPort();
    await using transport = await open(unread.path);
    const pending = transport.write(new Uint8Array(1 << 20), inTime());
    const outcome = pending.catch((error: unknown) => error);
    await unread.unplug();
    expect(await outcome).toMatchObject({ code: 'serial/unplugged' });
  });

  it('ends a write that waits when its signal aborts', async () => {
    await using unread = await unreadPort();
    await using transport = await open(unread.path);
    const cancelled = new AbortController();
    const pending = transport.write(new Uint8Array(1 << 20), cancelled.signal);
    cancelled.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });

  it('ends as closed when we close it, twice without harm', async () => {
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    const transport = await open(pty.path);
    await transport[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
    expect((await transport.ended).reason).toBe('closed');
  });

  it('keeps the path as configured and names what a link leads to in messages', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serial-'));
    await using pty = await openPseudoTerminal({ onBytes: () => undefined });
    const link = join(folder, 'board');
    await symlink(pty.path, link);
    await using transport = await open(link);
    expect(transport.path).toBe(link);
    await expect(open(link)).rejects.toThrow(`another program holds ${link} (${pty.path})`);
    await rm(folder, { recursive: true });
  });

  it('does not open when its signal has aborted', async () => {
    const aborted = AbortSignal.abort(new Error('stop'));
    const opening = openSerialTransport({ path: '/dev/null', baudRate: 9_600 }, aborted);
    await expect(opening).rejects.toThrow('stop');
  });

  it('carries bytes in a worker thread, too', async () => {
    await using pty = await openPseudoTerminal({ onBytes: (bytes) => pty.write(bytes) });
    const module = new URL('serial-transport.ts', import.meta.url).href;
    const program = `
      const { parentPort } = await import('node:worker_threads');
      const { openSerialTransport } = await import(${JSON.stringify(module)});
      const signal = AbortSignal.timeout(10_000);
      const transport = await openSerialTransport({ path: ${JSON.stringify(pty.path)}, baudRate: 115200 }, signal);
      transport.onBytes((chunk) => parentPort.postMessage(Buffer.from(chunk).toString()));
      await transport.write(Buffer.from('hello'), signal);
      parentPort.once('message', async () => { await transport[Symbol.asyncDispose](); parentPort.close(); });
    `;
    const worker = new Worker(program, { eval: true });
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    const echo = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(echo).toBe('hello');
    worker.postMessage('close');
    expect(await exited).toBe(0);
  });
});

it('changes the speed of an open port', async () => {
  await using pty = await openPseudoTerminal({ onBytes: () => undefined });
  await using transport = await openSerialTransport({ path: pty.path, baudRate: 9_600 }, inTime());
  await transport.setBaudRate(230_400);
  expect(await pty.hostBaudRate()).toBe(230_400);
});

describe('a path that is no serial port', () => {
  it.each([
    ['/dev/no-such-board', 'serial/path-absent'],
    ['', 'serial/path-absent'],
    ['/dev/null\0x', 'serial/path-absent'],
    ['/dev/null/board', 'serial/path-absent'],
    ['/dev', 'serial/not-a-tty'],
    ['/dev/null', 'serial/not-a-tty'],
  ])('%j is refused as %s', async (path, code) => {
    await expect(open(path)).rejects.toMatchObject({ code });
  });

  it('is refused as serial/not-a-tty when it is a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serial-'));
    const path = join(folder, 'board');
    await writeFile(path, '');
    await expect(open(path)).rejects.toMatchObject({ code: 'serial/not-a-tty' });
    await rm(folder, { recursive: true });
  });
});

/** A port whose far end does not read, so that the kernel's buffer fills. */
async function unreadPort(): Promise<
  AsyncDisposable & { readonly path: string; readonly unplug: () => Promise<void> }
> {
  const { openPty } = await import('#fixtures/pseudo-terminal/node-pty-binding.ts');
  const { closeSync } = await import('node:fs');
  const pair = openPty();
  let isOpen = true;
  const unplug = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(pair.masterFd);
    closeSync(pair.slaveFd);
  };
  return { path: pair.path, unplug, [Symbol.asyncDispose]: unplug };
}
