import { ByteReader } from './byte-reader.ts';
import { framePayload, sealFrame } from './frame.ts';

/** How grave a line of a device's log is. */
export type DeviceLogLevel = 'debug' | 'info' | 'warn' | 'error';

const levels: readonly DeviceLogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Section 4 of the protocol sheet: what a device sends unasked. */
export type DevicePush =
  | { readonly kind: 'booted'; readonly bootCount: number }
  | { readonly kind: 'alive'; readonly progress: number }
  | {
      readonly kind: 'telemetry';
      readonly ticks: bigint;
      readonly values: readonly { readonly id: number; readonly value: number }[];
    }
  | { readonly kind: 'log'; readonly level: DeviceLogLevel; readonly text: string };

/** Number of each push on the wire. */
export const pushTypes = { booted: 64, alive: 65, telemetry: 66, log: 67 } as const;

const firstPushType = 64;
const lastPushType = 79;
const telemetryValueBytes = 10;

/** Whether frames of this type come unasked, known to us or not. */
export function isPushType(type: number): boolean {
  return type >= firstPushType && type <= lastPushType;
}

/** A push as the bytes of its frame. */
export function encodePushFrame(push: DevicePush): Uint8Array {
  const writer = framePayload();
  switch (push.kind) {
    case 'booted':
      writer.u32(push.bootCount);
      break;
    case 'alive':
      writer.u32(push.progress);
      break;
    case 'telemetry':
      writer.u64(push.ticks).u16(push.values.length);
      for (const { id, value } of push.values) writer.u16(id).f64(value);
      break;
    case 'log':
      writer.u8(levels.indexOf(push.level)).longString(push.text);
  }
  return sealFrame(pushTypes[push.kind], 0, writer);
}

function readTelemetry(reader: ByteReader): DevicePush {
  const ticks = reader.u64();
  const count = reader.u16();
  if (reader.restLength !== count * telemetryValueBytes) reader.fail();
  const values: { id: number; value: number }[] = [];
  while (values.length < count && reader.restLength >= telemetryValueBytes) {
    values.push({ id: reader.u16(), value: reader.f64() });
  }
  return { kind: 'telemetry', ticks, values };
}

function readPush(type: number, reader: ByteReader): DevicePush | undefined {
  switch (type) {
    case pushTypes.booted:
      return { kind: 'booted', bootCount: reader.u32() };
    case pushTypes.alive:
      return { kind: 'alive', progress: reader.u32() };
    case pushTypes.telemetry:
      return readTelemetry(reader);
    case pushTypes.log:
      return { kind: 'log', level: levels[reader.u8()] ?? 'error', text: reader.longString() };
    default:
      return undefined;
  }
}

/** @returns undefined for a push that the sheet does not have or whose payload is unsound */
export function decodePush(type: number, payload: Uint8Array): DevicePush | undefined {
  const reader = new ByteReader(payload);
  const push = readPush(type, reader);
  return reader.isWhole ? push : undefined;
}
