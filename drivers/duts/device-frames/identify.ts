import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

import type { FramesSession } from './frames-session.ts';
import { greet } from './greet.ts';

/**
 * Who is there, greeted anew. The model is named only where its hash is that of the run's model: a name alone proves
 * nothing.
 *
 * @throws LabError as `greet`
 */
export async function identify(session: FramesSession): Promise<DutIdentity> {
  const { hello, status } = await greet(session);
  const { deployment } = session.context;
  const { usb, address } = session.link.opened;
  const holdsModel = status.state === 'model' && status.modelSha256 === deployment?.modelSha256;
  return {
    vendor: hello.vendor,
    firmware: hello.firmware,
    firmwareMode: 'none',
    model: holdsModel ? (deployment?.boardModel ?? '') : '',
    chipId: hello.chipId === '' ? hello.serialNumber : hello.chipId,
    ...(usb === undefined ? {} : { usb }),
    ...(address === undefined
      ? {}
      : { network: { address, server: `${hello.vendor} ${hello.firmware}` } }),
  };
}
