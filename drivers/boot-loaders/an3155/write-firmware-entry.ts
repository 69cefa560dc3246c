import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { errorRecord } from '#harness/contracts/error-record.ts';

import { writeFirmware } from './write-firmware.ts';

/** Nothing takes longer; the recipe's own deadline is shorter. */
const longestMs = 600_000;

const { values } = parseArgs({
  options: {
    path: { type: 'string' },
    baud: { type: 'string' },
    address: { type: 'string' },
    firmware: { type: 'string' },
  },
});

try {
  const { path = '', baud, address, firmware = '' } = values;
  const end = await writeFirmware(
    {
      path,
      baudRate: Number(baud),
      address: Number(address),
      firmware: await readFile(firmware),
    },
    AbortSignal.timeout(longestMs),
  );
  const what = end.written ? 'written and read back' : 'there already';
  process.stdout.write(`chip ${end.chipId}, boot loader ${end.version}: ${what}\n`);
} catch (thrown) {
  const { code, message } = errorRecord(thrown);
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = 1;
}
