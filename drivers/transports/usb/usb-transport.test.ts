import { describe, expect, it } from 'vitest';

import { plugIn, type PluggedDevice } from '#fixtures/usb-emulation/plug-in.ts';
import { describeOnUsbBus } from '#fixtures/usb-emulation/testing/describe-on-usb-bus.ts';
import { vendorDevice, type VendorDevice } from '#fixtures/usb-emulation/vendor-device.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';

import { openUsbTransport } from './usb-transport.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);

/** An echo on the bus at this place. */
async function plugEcho(
  serialNumber: string,
  topologyPath = '1-1',
): Promise<AsyncDisposable & { readonly device: VendorDevice; readonly plugged: PluggedDevice }> {
  const device = vendorDevice({
    serialNumber,
    onBytes: (bytes, echo) => echo.send(bytes),
  });
  const plugged = await plugIn(device, topologyPath);
  return { device, plugged, [Symbol.asyncDispose]: () => plugged[Symbol.asyncDispose]() };
}

/** Resolves with all that came once `byteCount` bytes are there. */
async function received(transport: ByteTransport, byteCount: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = transport.onBytes((chunk) => {
    chunks.push(Buffer.from(chunk));
    if (chunks.reduce((sum, each) => sum + each.length, 0) >= byteCount) resolve();
  });
  await promise;
  end();
  return Buffer.concat(chunks);
}

function itCarriesBytes(): void {
  it('carries bytes both ways unchanged, all 256 of them', async () => {
    await using _ = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({ serialNumber: 'ECHO1' }, inTime());
    const all = Uint8Array.from({ length: 256 }, (_each, index) => index);
    const echo = received(transport, 256);
    await transport.write(all, inTime());
    expect(await echo).toEqual(Buffer.from(all));
  });

  it.each([1, 511, 512, 513, 1024, 700_000])('carries a message of %i bytes whole', async (n) => {
    await using _ = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    const message = Buffer.alloc(n);
    for (let index = 0; index < n; index += 1) message[index] = (index * 7 + (index >> 8)) % 251;
    const echo = received(transport, n);
    await transport.write(message, inTime());
    expect((await echo).equals(message)).toBe(true);
  });

  it('keeps the order of writes that are not waited for', async () => {
    await using _ = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    const echo = received(transport, 40);
    const writes = Array.from({ length: 20 }, (_each, index) =>
      transport.write(Buffer.from(String(index).padStart(2, '0')), inTime()),
    );
    await Promise.all(writes);
    expect((await echo).toString()).toBe('0001020304050607080910111213141516171819');
  });

  it('reads on after a while in which nothing comes', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    const late = received(transport, 4);
    // The read is renewed meanwhile; what comes after must not fall between two reads.
    await new Promise((resolve) => setTimeout(resolve, 700));
    echo.device.send(Buffer.from('late'));
    expect((await late).toString()).toBe('late');
  });

  it('says who is at the other end', async () => {
    await using _ = await plugEcho('ECHO1', '3-1.4');
    await using transport = await openUsbTransport({ vendorId: 0x1209 }, inTime());
    expect(transport.identity).toEqual({
      topologyPath: '3-1.4',
      vendorId: 0x1209,
      productId: 0x0001,
      serialNumber: 'ECHO1',
    });
    expect(transport.path).toBe('3-1.4 1209:0001 ECHO1');
  });
}

function itFinds(): void {
  it('refuses when nothing is there, and names what is', async () => {
    await using _ = await plugEcho('ECHO1');
    await expect(openUsbTransport({ serialNumber: 'OTHER' }, inTime())).rejects.toMatchObject({
      code: 'usb/device-absent',
      details: { present: ['1-1 1209:0001 ECHO1'] },
    });
  });

  it('refuses to choose among two, and takes the one that path or serial number names', async () => {
    await using first = await plugEcho('ECHO1', '1-1');
    await using second = await plugEcho('ECHO2', '1-2');
    const opening = openUsbTransport({ vendorId: 0x1209 }, inTime());
    await expect(opening).rejects.toMatchObject({
      code: 'usb/ambiguous',
      details: { candidates: ['1-1 1209:0001 ECHO1', '1-2 1209:0001 ECHO2'] },
    });
    await using byPath = await openUsbTransport({ topologyPath: '1-2' }, inTime());
    expect(byPath.identity.topologyPath).toBe(second.plugged.topologyPath);
    expect(byPath.identity.serialNumber).toBe('ECHO2');
    await using bySerial = await openUsbTransport({ serialNumber: 'ECHO1' }, inTime());
    expect(bySerial.identity.topologyPath).toBe(first.plugged.topologyPath);
  });

  it('refuses a device without the interface, and leaves it closed', async () => {
    const other = vendorDevice({ serialNumber: 'OLD', protocolCode: 2, onBytes: () => undefined });
    await using _ = await plugIn(other, '1-1');
    const named = openUsbTransport({ serialNumber: 'OLD' }, inTime());
    await expect(named).rejects.toMatchObject({ code: 'usb/wrong-interface' });
    const selector = { serialNumber: 'OLD', interfaceProtocol: 2 };
    await using transport = await openUsbTransport(selector, inTime());
    expect(transport.identity.serialNumber).toBe('OLD');
  });

  it('keeps a second opener out until it is closed', async () => {
    await using _ = await plugEcho('ECHO1');
    const first = await openUsbTransport({}, inTime());
    await expect(openUsbTransport({}, inTime())).rejects.toMatchObject({ code: 'usb/busy' });
    await first[Symbol.asyncDispose]();
    await using second = await openUsbTransport({}, inTime());
    expect(second.identity.serialNumber).toBe('ECHO1');
  });

  it('does not open when its signal has aborted', async () => {
    const opening = openUsbTransport({}, AbortSignal.abort(new Error('stop')));
    await expect(opening).rejects.toThrow('stop');
  });
}

function itEnds(): void {
  it('ends as closed when we close it, twice without harm, and rejects writes then', async () => {
    await using _ = await plugEcho('ECHO1');
    const transport = await openUsbTransport({}, inTime());
    await transport[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
    expect((await transport.ended).reason).toBe('closed');
    const late = transport.write(Buffer.from('x'), inTime());
    await expect(late).rejects.toMatchObject({ code: 'usb/unplugged' });
  });

  it('ends as unplugged when the device leaves in mid-read, and rejects writes then', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    await echo.plugged[Symbol.asyncDispose]();
    expect(await transport.ended).toMatchObject({
      reason: 'unplugged',
      cause: { code: 'usb/unplugged' },
    });
    const late = transport.write(Buffer.from('x'), inTime());
    await expect(late).rejects.toMatchObject({ code: 'usb/unplugged' });
  });

  it('rejects a write that waits when the device leaves in its midst', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    echo.device.holdWrites(true);
    const outcomes = Promise.allSettled([
      transport.write(Buffer.alloc(1000), inTime()),
      transport.write(Buffer.alloc(1000), inTime()),
    ]);
    await echo.plugged[Symbol.asyncDispose]();
    const gone = { status: 'rejected', reason: { code: 'usb/unplugged' } };
    expect(await outcomes).toMatchObject([gone, gone]);
  });

  it.each([
    ['the same', '1-1'],
    ['another', '1-3'],
  ])('is opened anew after the device comes back in %s place', async (_name, path) => {
    const first = await plugEcho('ECHO1', '1-1');
    await using gone = await openUsbTransport({ serialNumber: 'ECHO1' }, inTime());
    await first[Symbol.asyncDispose]();
    await gone.ended;
    await using _ = await plugEcho('ECHO1', path);
    await using transport = await openUsbTransport({ serialNumber: 'ECHO1' }, inTime());
    expect(transport.identity.topologyPath).toBe(path);
    const echo = received(transport, 5);
    await transport.write(Buffer.from('again'), inTime());
    expect((await echo).toString()).toBe('again');
  });
}

function itMeetsFaults(): void {
  it('ends a write that waits when its signal aborts, and sends later ones in order', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    echo.device.holdWrites(true);
    const cancelled = new AbortController();
    const first = transport.write(Buffer.from('first'), inTime());
    const second = transport.write(Buffer.from('never'), cancelled.signal);
    cancelled.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    const third = transport.write(Buffer.from('third'), inTime());
    const all = received(transport, 10);
    echo.device.holdWrites(false);
    await Promise.all([first, third]);
    expect((await all).toString()).toBe('firstthird');
  });

  it.each(['in', 'out'] as const)('clears one halt of the %s endpoint and goes on', async (way) => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    echo.device.halt(way, 'until-cleared');
    const back = received(transport, 5);
    await transport.write(Buffer.from('hello'), inTime());
    expect((await back).toString()).toBe('hello');
  });

  it('gives up an OUT endpoint that stalls twice in a row', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    echo.device.halt('out', 'for-ever');
    const writing = transport.write(Buffer.from('hello'), inTime());
    await expect(writing).rejects.toMatchObject({ code: 'usb/stalled' });
  });

  it('ends, with the stall as its cause, when the IN endpoint stalls twice in a row', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    echo.device.halt('in', 'for-ever');
    expect(await transport.ended).toMatchObject({ cause: { code: 'usb/stalled' } });
  });

  it('refuses more than it may queue', async () => {
    await using echo = await plugEcho('ECHO1');
    await using transport = await openUsbTransport({}, inTime());
    echo.device.holdWrites(true);
    const waiting = Promise.allSettled([
      transport.write(new Uint8Array(3_000_000), inTime()),
      transport.write(new Uint8Array(3_000_000), inTime()),
    ]);
    const refused = transport.write(new Uint8Array(1), inTime());
    await expect(refused).rejects.toMatchObject({ code: 'usb/transfer-failed' });
    await transport[Symbol.asyncDispose]();
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
}

await describeOnUsbBus(import.meta.url, () => {
  describe('the USB transport', () => {
    itCarriesBytes();
    itFinds();
    itEnds();
    itMeetsFaults();
  });
});
