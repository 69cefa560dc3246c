import type { UsbDeviceHealth } from '#drivers/transports/usb/probe-usb-device.ts';
import type { LoadedLab } from '#harness/config/load-lab-config.ts';
import { errorRecord, type ErrorRecord } from '#harness/contracts/error-record.ts';
import type { FoundDaemon } from '#harness/store/sqlite/find-daemon.ts';

import { boardDiagnosis, type BoardDiagnosis } from './board-diagnosis.ts';

/** A device on the USB bus. */
export interface DoctorUsbDevice {
  readonly topologyPath: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber: string;
  /** Boards behind it. */
  readonly boardIds: readonly string[];
  /** Absent where there is no board and so nobody asked. */
  readonly health?: UsbDeviceHealth;
}

/** One thing that was tried. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** True: there was nothing to try, and nothing is wrong with that; `ok` is true, too. */
  readonly notTried?: boolean;
  /** What was thrown, with its remedy and details. */
  readonly error?: ErrorRecord;
  /** Of a serial board that did not answer as it should. */
  readonly diagnosis?: BoardDiagnosis;
  /** Of a check of the USB bus. */
  readonly usb?: DoctorUsbDevice;
}

/** A board or an instrument, as far as it matters who has it. */
export interface Device {
  readonly id: string;
  readonly config: unknown;
}

/** What is known about the lab besides the device itself. */
export interface LabState {
  readonly lab: LoadedLab;
  readonly daemon: FoundDaemon | undefined;
}

/** `127.0.0.1:4612` */
const hostAndPort = /^[\w.-]+:\d+$/;
/** The device is in use by somebody. */
const busyCodes: ReadonlySet<string> = new Set(['serial/busy', 'usb/busy']);
/** The device is not there at all. */
const absentCodes: ReadonlySet<string> = new Set([
  'serial/path-absent',
  'usb/device-absent',
  'network/unreachable',
  'network/refused',
]);

/** Who the daemon is, in words. */
export function daemonWords({ pid }: FoundDaemon): string {
  return pid === undefined ? 'the daemon of this lab' : `the daemon of this lab (process ${pid})`;
}

/** Runs one check; what it throws becomes the detail, with its remedy. */
export async function attempt(name: string, check: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { name, ok: true, detail: await check() };
  } catch (thrown) {
    const error = errorRecord(thrown);
    const diagnosis = boardDiagnosis(error);
    const detail = `${error.code}: ${error.message} → ${error.remedy}`;
    return { name, ok: false, detail, error, ...(diagnosis === undefined ? {} : { diagnosis }) };
  }
}

/** Whether a simulator of the lab plays this device: it has the same id, or serves the path or address that it has. */
function isSimulated({ config: lab }: LoadedLab, { id, config }: Device): boolean {
  const text = JSON.stringify(config) ?? '';
  const isItsPlace = (word: string): boolean =>
    (word.includes('/') && text.includes(JSON.stringify(word))) ||
    (hostAndPort.test(word) && text.includes(`//${word}`));
  return (lab.simulators ?? []).some((entry) => entry.id === id || entry.command.some(isItsPlace));
}

/**
 * Tries one device. A device in use is told apart by who may have it, and a simulated one that is not there by
 * whether its simulator can be: the simulators of a lab run only with its daemon.
 */
export async function attemptDevice(
  { lab, daemon }: LabState,
  { name, device }: { readonly name: string; readonly device: Device },
  check: () => Promise<string>,
): Promise<DoctorCheck> {
  const result = await attempt(name, check);
  const code = result.error?.code ?? '';
  if (daemon !== undefined && busyCodes.has(code)) {
    const who = daemonWords(daemon);
    const remedy = `wait until its run ends, or stop the daemon, then ask again`;
    return { ...result, detail: `${code}: ${who} runs and holds ${device.id} → ${remedy}` };
  }
  if (daemon === undefined && absentCodes.has(code) && isSimulated(lab, device)) {
    const detail =
      'simulated, and simulators run only with the daemon → npx assay serve, then ask again';
    return { name, ok: true, notTried: true, detail };
  }
  return result;
}
