import { expect, test } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';

import { boardDiagnosis } from './board-diagnosis.ts';

const details = {
  boardId: 'mcu-1',
  path: '/dev/ttyACM0',
  baudRate: 115_200,
  sent: 'name%',
  expected: 'm-name-dut-[…] m-ready',
  receivedByteCount: 5,
  received: 'as the driver shows it',
  receivedHex: '00ff6d2d0d',
};

test('the bytes of a silent board stand in hex and as text, with the speeds that were tried', () => {
  const swept = { triedBaudRates: [921_600, 9_600], answersAtBaudRate: 9_600 };
  const error = labError('dut/wrong-baud', 'at another speed', {
    details: { ...details, ...swept },
  });
  expect(boardDiagnosis(errorRecord(error))).toEqual({
    boardId: 'mcu-1',
    path: '/dev/ttyACM0',
    baudRate: 115_200,
    sent: 'name%',
    expected: 'm-name-dut-[…] m-ready',
    receivedByteCount: 5,
    receivedHex: '00ff6d2d0d',
    receivedText: String.raw`\x00\xffm-\x0d`,
    ...swept,
  });
});

test('of many bytes the first 256 are shown', () => {
  const many = { ...details, receivedByteCount: 300, receivedHex: '41'.repeat(300) };
  const diagnosis = boardDiagnosis(errorRecord(labError('dut/echo', 'echo', { details: many })));
  expect(diagnosis?.receivedText).toBe('A'.repeat(256));
  expect(diagnosis?.receivedHex).toBe('41'.repeat(256));
  expect(diagnosis?.receivedByteCount).toBe(300);
});

test('an error without bytes has none', () => {
  expect(boardDiagnosis(errorRecord(labError('serial/path-absent', 'gone')))).toBeUndefined();
  expect(boardDiagnosis(errorRecord(new Error('a bug')))).toBeUndefined();
});
