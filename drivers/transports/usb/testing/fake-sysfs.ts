import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One USB device with a serial port. */
export interface FakeUsbTty {
  /** `ttyACM3` */
  readonly name: string;
  /** `1-1.2` */
  readonly topologyPath: string;
  /** Four hex digits each. */
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
}

/** Folders as Linux has them for CDC-ACM devices. */
export interface FakeSysfs extends AsyncDisposable {
  readonly sysfsTtyFolder: string;
  readonly deviceFolder: string;
}

/** Makes the folders; each device file is an ordinary file, and `ttyS0` is a port that is not on USB. */
export async function fakeSysfs(ttys: readonly FakeUsbTty[]): Promise<FakeSysfs> {
  const root = await mkdtemp(join(tmpdir(), 'sysfs-'));
  const [sysfsTtyFolder, deviceFolder] = [join(root, 'class', 'tty'), join(root, 'dev')];
  const platform = join(root, 'devices', 'platform', 'serial8250', 'tty', 'ttyS0');
  for (const folder of [sysfsTtyFolder, deviceFolder, platform])
    await mkdir(folder, { recursive: true });
  await symlink(platform, join(sysfsTtyFolder, 'ttyS0'));
  await symlink(join(platform, '..', '..'), join(platform, 'device'));
  await writeFile(join(deviceFolder, 'ttyS0'), '');
  for (const { name, topologyPath, vendor, product, serial } of ttys) {
    const device = join(root, 'devices', 'usb1', topologyPath);
    const usbInterface = join(device, `${topologyPath}:1.0`);
    const tty = join(usbInterface, 'tty', name);
    await mkdir(tty, { recursive: true });
    await writeFile(join(device, 'idVendor'), `${vendor}\n`);
    await writeFile(join(device, 'idProduct'), `${product}\n`);
    if (serial !== undefined) await writeFile(join(device, 'serial'), `${serial}\n`);
    await symlink(tty, join(sysfsTtyFolder, name));
    await symlink(usbInterface, join(tty, 'device'));
    await writeFile(join(deviceFolder, name), '');
  }
  return {
    sysfsTtyFolder,
    deviceFolder,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
