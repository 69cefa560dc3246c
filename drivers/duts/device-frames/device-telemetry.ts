import type { DeviceReading, DutContext } from '#harness/contracts/dut.ts';

import type { DevicePush } from '../../transports/device-protocol/pushes.ts';
import type { TelemetryChannel } from '../../transports/device-protocol/replies.ts';

/** What a device says unasked, kept until nothing is measured. */
export interface DeviceTelemetry {
  /** Takes a reading or a line of the device's log; the oldest are lost beyond a bound. */
  readonly keep: (push: DevicePush, receivedAtNs: number) => void;
  readonly setChannels: (channels: readonly TelemetryChannel[]) => void;
  /** Hands out what was kept; called where no query is under way. */
  readonly deliver: () => void;
}

type Kept = { readonly push: DevicePush; readonly receivedAtNs: number };

const keptCountMax = 1000;

/**
 * @param runNs - the run-clock instant of a counter value that came near an instant; undefined where it is not known
 */
export function deviceTelemetry(
  context: DutContext,
  runNs: (ticks: bigint, nearNs: number) => number | undefined,
): DeviceTelemetry {
  const { boardId, log, onReading } = context;
  let channels: ReadonlyMap<number, TelemetryChannel> = new Map();
  let kept: Kept[] = [];
  let lostCount = 0;

  const readings = ({ push, receivedAtNs }: Kept): readonly DeviceReading[] => {
    if (push.kind !== 'telemetry') return [];
    const atNs = Math.min(runNs(push.ticks, receivedAtNs) ?? receivedAtNs, receivedAtNs);
    return push.values.flatMap(({ id, value }) => {
      const channel = channels.get(id);
      if (channel === undefined || !Number.isFinite(value)) return [];
      return [{ atNs, channel: channel.name, unit: channel.unit, value }];
    });
  };

  return {
    keep: (push, receivedAtNs) => {
      kept.push({ push, receivedAtNs });
      if (kept.length <= keptCountMax) return;
      kept.shift();
      lostCount += 1;
    },
    setChannels: (announced) => {
      channels = new Map(announced.map((channel) => [channel.id, channel]));
    },
    deliver: () => {
      if (kept.length === 0) return;
      const all = kept;
      kept = [];
      for (const one of all) {
        for (const reading of readings(one)) onReading?.(reading);
        if (one.push.kind !== 'log') continue;
        const { level, text } = one.push;
        log({ level, message: 'the board says', fields: { boardId, text } });
      }
      if (lostCount === 0) return;
      const fields = { boardId, lostCount };
      log({ level: 'warn', message: 'messages of the board were lost', fields });
      lostCount = 0;
    },
  };
}
