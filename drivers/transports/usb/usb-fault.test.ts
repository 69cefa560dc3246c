import { expect, it } from 'vitest';

import { usbFault } from './usb-fault.ts';

it.each([
  ['transferIn error: Cancelled', 'cancelled'],
  ['transferOut error: endpoint stalled', 'stalled'],
  ['transferIn error: Disconnected', 'disconnected'],
  ['open error: device disconnected (errno 19)', 'disconnected'],
  ['claimInterface error: interface is busy (errno 16)', 'busy'],
  ['open error: permission denied (errno 13)', 'denied'],
  ['open error: device not found (errno 2)', 'absent'],
  ['transferIn error: endpoint not found', 'failed'],
  ['something new', 'failed'],
])('%s is %s', (words, fault) => {
  expect(usbFault(new Error(words))).toBe(fault);
});
