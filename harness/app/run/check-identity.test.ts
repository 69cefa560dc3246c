import { describe, expect, it } from 'vitest';

import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

import { checkExpectedIdentity, checkSameDevice } from './check-identity.ts';

const found: DutIdentity = {
  vendor: 'Maker',
  firmware: '1.0',
  firmwareMode: 'none',
  model: 'kws01',
  chipId: '0x410',
  usb: { topologyPath: '1-1.2', vendorId: 0x0483, productId: 0x5740, serialNumber: 'A1' },
};

describe('the identity of a board', () => {
  it('is not checked where the lab says nothing', () => {
    expect(() => checkExpectedIdentity({ id: 'b' }, found, 'now')).not.toThrow();
  });

  it.each([{ usbPath: '1-1.3' }, { usbSerial: 'A2' }, { chipId: '0x411' }])(
    'is refused when the lab expects %j',
    (identity) => {
      expect(() => checkExpectedIdentity({ id: 'b', identity }, found, 'now')).toThrow(
        expect.objectContaining({ code: 'dut/identity-mismatch' }),
      );
    },
  );

  it('is refused when the board does not tell what the lab expects', () => {
    const { chipId: _none, ...silent } = found;
    const board = { id: 'b', identity: { chipId: '0x410' } };
    expect(() => checkExpectedIdentity(board, silent, 'now')).toThrow('does not tell');
  });

  it('stays the same after a deploy and on another port of the hub', () => {
    const usb = {
      ...found.usb,
      topologyPath: '1-1.4',
      vendorId: 1,
      productId: 2,
      serialNumber: 'A1',
    };
    const now = { ...found, model: 'ic01', firmware: '1.1', usb };
    expect(() => checkSameDevice('b', { before: found, now }, 'now')).not.toThrow();
  });

  it.each([
    { ...found, vendor: 'Other' },
    { ...found, chipId: '0x411' },
    { ...found, usb: { topologyPath: '1-1.2', vendorId: 1, productId: 2, serialNumber: 'B' } },
  ])('is another one with %j', (now) => {
    expect(() => checkSameDevice('b', { before: found, now }, 'now')).toThrow(
      expect.objectContaining({ code: 'dut/identity-mismatch' }),
    );
  });
});
