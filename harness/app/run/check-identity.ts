import type { ExpectedIdentity } from '#harness/contracts/define-lab.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

type Part = readonly [name: string, expected: string | undefined, found: string | undefined];

function refuse(boardId: string, when: string, [name, expected, found]: Part): never {
  const is = found === undefined ? 'does not tell' : `is "${found}"`;
  const message = `board ${boardId}, ${when}: its ${name} ${is}, expected is "${expected}"`;
  throw labError('dut/identity-mismatch', message, {
    details: { boardId, part: name, expected: expected ?? '', found: found ?? '' },
  });
}

/**
 * Compares who answers with who the lab says that it must be.
 *
 * @param when - for the message: `before the deploy`
 * @throws LabError dut/identity-mismatch naming the part that differs; a part that the board does not tell differs
 */
export function checkExpectedIdentity(
  board: { readonly id: string; readonly identity?: ExpectedIdentity },
  found: DutIdentity,
  when: string,
): void {
  const parts: readonly Part[] = [
    ['USB topology path', board.identity?.usbPath, found.usb?.topologyPath],
    ['USB serial number', board.identity?.usbSerial, found.usb?.serialNumber],
    ['chip id', board.identity?.chipId, found.chipId],
  ];
  for (const part of parts) {
    const [, expected, is] = part;
    if (expected !== undefined && expected !== is) refuse(board.id, when, part);
  }
}

/**
 * Compares who answers with who answered earlier in the run. The model may have changed by a deploy; a device that is
 * plugged in elsewhere is the same one when its serial number is.
 *
 * @throws LabError dut/identity-mismatch naming the part that differs
 */
export function checkSameDevice(
  boardId: string,
  { before, now }: { readonly before: DutIdentity; readonly now: DutIdentity },
  when: string,
): void {
  const parts: readonly Part[] = [
    ['vendor', before.vendor, now.vendor],
    ['chip id', before.chipId, now.chipId],
    ['USB serial number', before.usb?.serialNumber, now.usb?.serialNumber],
    ['address', before.network?.address, now.network?.address],
  ];
  for (const part of parts) {
    const [, expected, found] = part;
    if (expected !== found) refuse(boardId, when, part);
  }
}
