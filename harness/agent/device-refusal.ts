import type { DeviceErrorName } from '#drivers/transports/device-protocol/device-errors.ts';

/** Why a request is answered with an error of the protocol instead of a reply. */
export class DeviceRefusal extends Error {
  override readonly name = 'DeviceRefusal';
  readonly errorName: DeviceErrorName;

  /** @param words - for people, at most 255 bytes of them are sent */
  constructor(errorName: DeviceErrorName, words: string, cause?: unknown) {
    super(words, cause === undefined ? undefined : { cause });
    this.errorName = errorName;
  }
}
