import { expect, test } from 'vitest';

import { diagnosisLines } from './diagnosis-lines.ts';

const board = {
  boardId: 'mcu-1',
  path: '/dev/ttyACM0',
  baudRate: 115_200,
  sent: 'name%',
  expected: 'm-name-dut-[…] m-ready',
};

test('a board that sends something shows it as an operator reads a dump', () => {
  const received = Buffer.from('name%\r\nlogin: \xff', 'latin1');
  const lines = diagnosisLines(
    {
      ...board,
      receivedByteCount: 400,
      receivedHex: `${received.toString('hex')}0041`,
      receivedText: '',
      triedBaudRates: [921_600, 9_600],
      answersAtBaudRate: 9_600,
    },
    'Set baudRate.',
  );
  expect(lines.split('\n')).toEqual([
    'board mcu-1 at /dev/ttyACM0, 115200 baud',
    '  sent      name%',
    '  expected  m-name-dut-[…] m-ready',
    '  received  400 bytes, the first 17',
    '    0000  6e 61 6d 65 25 0d 0a 6c 6f 67 69 6e 3a 20 ff 00  name%..login: ..',
    '    0010  41                                               A',
    '  speeds    tried 921600, 9600: it answers at 9600',
    '  remedy    Set baudRate.',
  ]);
});

test('a board that sends nothing says so, and at which speeds', () => {
  const lines = diagnosisLines(
    {
      ...board,
      receivedByteCount: 0,
      receivedHex: '',
      receivedText: '',
      triedBaudRates: [921_600],
    },
    'Check the cable.',
  );
  expect(lines).toContain('  received  nothing');
  expect(lines).toContain('  speeds    no answer at 921600 either');
});
