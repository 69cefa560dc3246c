import { describe, expect, it } from 'vitest';

import { diagnoseSilence, readableBytes, silenceError } from './diagnosis.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const name = bytes('name%');

describe('the diagnosis of a board that does not answer', () => {
  it.each([
    ['', 'dut/no-answer'],
    ['login: ', 'dut/no-answer'],
    ['name%', 'dut/echo'],
    ['name%m-name-dut-[x]\r\nm-ready\r\n', 'dut/echo'],
    ['\u00F0\u0080\u00FF\u00C0x\u0000', 'dut/wrong-baud'],
    ['\0\0\0\0', 'dut/wrong-baud'],
    ['\u00FFm-timestamp-mode-energy\r\nm-init-done\r\nm-ready\r\n', 'dut/wrong-firmware-mode'],
  ])('of %j is %s', (received, code) => {
    expect(diagnoseSilence(name, bytes(received))).toBe(code);
  });

  it('shows the raw bytes and what was expected', () => {
    const error = silenceError({
      boardId: 'mcu-1',
      path: '/dev/board',
      baudRate: 9_600,
      sent: name,
      received: bytes('\u00FFa\r'),
    });
    expect(error.details).toMatchObject({
      received: String.raw`\xffa\x0d`,
      receivedHex: 'ff610d',
      receivedByteCount: 3,
      expected: 'm-name-dut-[…] m-ready',
    });
  });

  it('writes what cannot be printed as hex', () => {
    expect(readableBytes(Uint8Array.of(0x41, 0x00, 0xff))).toBe(String.raw`A\x00\xff`);
  });
});
