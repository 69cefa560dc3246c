import { ByteReader } from './byte-reader.ts';
import { framePayload, sealFrame } from './frame.ts';

/** Section 5 of the protocol sheet. */
const codeByName = {
  'unsupported-version': 1,
  'damaged-frame': 2,
  'unknown-request': 3,
  'bad-payload': 4,
  'too-large': 5,
  'not-greeted': 6,
  denied: 7,
  busy: 8,
  'hash-mismatch': 9,
  'model-unusable': 10,
  'no-model': 11,
  'no-sample': 12,
  'sample-size': 13,
  'inference-failed': 14,
  unsupported: 15,
  internal: 16,
} as const;

/** What a device may answer instead of a reply. */
export type DeviceErrorName = keyof typeof codeByName;

const nameByCode: ReadonlyMap<number, DeviceErrorName> = new Map(
  Object.entries(codeByName).flatMap(([name, code]) =>
    isDeviceErrorName(name) ? [[code, name] as const] : [],
  ),
);

function isDeviceErrorName(name: string): name is DeviceErrorName {
  return Object.hasOwn(codeByName, name);
}

/** Type of an error frame. */
export const errorType = 255;

/** An error as it stands in a frame. */
export interface DeviceError {
  /** `unknown` for a code that the sheet does not have. */
  readonly name: DeviceErrorName | 'unknown';
  readonly code: number;
  /** Type of the request that it answers. */
  readonly requestType: number;
  /** Words for people, at most 255 bytes. */
  readonly words: string;
}

/** The number of an error on the wire. */
export function deviceErrorCode(name: DeviceErrorName): number {
  return codeByName[name];
}

/** What a device sends instead of a reply. */
export function encodeErrorFrame(
  sequence: number,
  error: { readonly name: DeviceErrorName; readonly requestType: number; readonly words: string },
): Uint8Array {
  const payload = framePayload().u16(codeByName[error.name]).u8(error.requestType);
  return sealFrame(errorType, sequence, payload.string(error.words));
}

/** @returns undefined when the payload is none of an error */
export function decodeError(payload: Uint8Array): DeviceError | undefined {
  const reader = new ByteReader(payload);
  const code = reader.u16();
  const requestType = reader.u8();
  const words = reader.string();
  const name = nameByCode.get(code) ?? 'unknown';
  return reader.isWhole ? { name, code, requestType, words } : undefined;
}
