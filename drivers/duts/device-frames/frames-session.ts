import type { DutContext } from '#harness/contracts/dut.ts';
import type { ModelDeployment } from '#harness/contracts/inference.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import type { HelloReply, StatusReply } from '../../transports/device-protocol/replies.ts';
import type { ClockEstimator } from './clock-estimator.ts';
import type { DeviceFramesSettings } from './device-frames-config.ts';
import type { DeviceTelemetry } from './device-telemetry.ts';
import type { FrameLink } from './frame-link.ts';
import type { PartSize } from './part-size.ts';

/** What the device said when it was greeted. */
export interface Greeting {
  readonly hello: HelloReply;
  readonly status: StatusReply;
}

/** One opened device: the link, its settings, and what is known about the device. */
export interface FramesSession {
  readonly link: FrameLink;
  readonly settings: DeviceFramesSettings;
  readonly context: DutContext;
  readonly telemetry: DeviceTelemetry;
  readonly partSize: PartSize;
  /** Undefined before HELLO, and after a boot until it is said again. */
  greeting: Greeting | undefined;
  clock: ClockEstimator | undefined;
  /** When the last CLOCK exchange was, run clock. */
  clockReadAtNs: number;
  /** The sample that the device should hold; `isHeld` is false once that is in doubt. */
  sample: { readonly bytes: Uint8Array; isHeld: boolean } | undefined;
  /** The model was put there by us, so it may be put there again. */
  hasDeployed: boolean;
}

/** The model of the run. */
export function deploymentOf({ context }: FramesSession): ModelDeployment {
  return assertDefined(context.deployment, 'a run that infers names its model');
}

/** Forgets what the device is known to hold, as after a boot. */
export function loseDevice(session: FramesSession): void {
  session.greeting = undefined;
  loseSample(session);
}

/** The sample must be loaded anew before the next inference. */
export function loseSample({ sample }: FramesSession): void {
  if (sample !== undefined) sample.isHeld = false;
}
