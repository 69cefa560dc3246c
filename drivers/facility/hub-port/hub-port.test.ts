import { describe, expect, it } from 'vitest';

import { listUsbDevices } from '#drivers/transports/usb/usb-devices.ts';
import { plugInHub, type HubWithDevicesOptions } from '#fixtures/usb-emulation/hub-with-devices.ts';
import { plugIn } from '#fixtures/usb-emulation/plug-in.ts';
import { describeOnUsbBus } from '#fixtures/usb-emulation/testing/describe-on-usb-bus.ts';
import { vendorDevice } from '#fixtures/usb-emulation/vendor-device.ts';
import type { PowerSwitch } from '#harness/contracts/power-switch.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { hubPort } from './hub-port.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);
const openPort = (port = 2, topologyPath = '1-1'): Promise<PowerSwitch> => {
  const context = { switchId: 'port', clock: systemClock(), log: () => undefined };
  return hubPort.open({ hub: { topologyPath, port } }, context, inTime());
};

const plugHub = (options: Partial<HubWithDevicesOptions> = {}): Promise<AsyncDisposable> =>
  plugInHub({
    topologyPath: '1-1',
    serialNumber: 'HUB1',
    portCount: 4,
    switching: 'per-port',
    devices: new Map([
      [2, async () => vendorDevice({ serialNumber: 'BOARD', onBytes: () => undefined })],
      [3, async () => vendorDevice({ serialNumber: 'OTHER', onBytes: () => undefined })],
    ]),
    ...options,
  });

const paths = async (): Promise<readonly string[]> =>
  (await listUsbDevices()).map(({ topologyPath }) => topologyPath);

function itSwitches(): void {
  it('takes the power of its own port away, and gives it back', async () => {
    await using _ = await plugHub();
    await using port = await openPort();
    expect(await port.isOn(inTime())).toBe(true);
    expect(await paths()).toEqual(['1-1', '1-1.2', '1-1.3']);
    await port.set(false, inTime());
    expect(await port.isOn(inTime())).toBe(false);
    await expect.poll(paths, { timeout: 5000 }).toEqual(['1-1', '1-1.3']);
    await port.set(true, inTime());
    expect(await port.isOn(inTime())).toBe(true);
    await expect.poll(paths, { timeout: 5000 }).toEqual(['1-1', '1-1.2', '1-1.3']);
  });

  it('keeps the off-time of its configuration, 2 s unless it says otherwise', async () => {
    await using _ = await plugHub();
    await using port = await openPort();
    expect(port.minimumOffMs).toBe(2000);
  });
}

function itRefuses(): void {
  it.each(['ganged', 'none'] as const)(
    'refuses a hub whose switching is: %s',
    async (switching) => {
      await using _ = await plugHub({ switching });
      await using port = await openPort();
      await expect(port.set(false, inTime())).rejects.toMatchObject({
        code: 'facility/unsupported',
      });
      expect(await paths()).toEqual(['1-1', '1-1.2', '1-1.3']);
    },
  );

  it('refuses a port that the hub has not', async () => {
    await using _ = await plugHub();
    await using port = await openPort(5);
    await expect(port.isOn(inTime())).rejects.toMatchObject({ code: 'facility/unsupported' });
  });

  it('refuses a device that is no hub, and an empty place', async () => {
    const device = vendorDevice({ serialNumber: 'BOARD', onBytes: () => undefined });
    await using _ = await plugIn(device, '1-1');
    await expect(openPort()).rejects.toMatchObject({ code: 'facility/unsupported' });
    await expect(openPort(1, '1-2')).rejects.toMatchObject({ code: 'usb/device-absent' });
  });

  it('says that a hub is gone', async () => {
    const hub = await plugHub();
    await using port = await openPort();
    await hub[Symbol.asyncDispose]();
    await expect(port.isOn(inTime())).rejects.toMatchObject({ code: 'facility/no-answer' });
  });
}

it('names its two halves as what only one entry may use', () => {
  const hub = { topologyPath: '1-1', port: 2 };
  const superSpeedHub = { topologyPath: '2-1', port: 2 };
  expect(hubPort.resources({ hub, superSpeedHub })).toEqual(['usb-port:1-1:2', 'usb-port:2-1:2']);
});

await describeOnUsbBus(import.meta.url, () => {
  describe('the power of a hub port', () => {
    itSwitches();
    itRefuses();
  });
});
