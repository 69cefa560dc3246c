import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { encodeLegList, legListFile, legLogFile } from '#harness/judge/compliance/leg-files.ts';
import { encodeProbes, probesFile } from '#harness/judge/raw/probes.ts';
import { queryLogFile } from '#harness/judge/raw/query-log-file.ts';

import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openRawEvidence } from './open-raw-evidence.ts';

const emptyLog = Buffer.from('ASSAYQ2\n');
/** Status 9 in the first row. */
const wrongLog = Buffer.concat([emptyLog, Buffer.alloc(11), Buffer.of(9), Buffer.alloc(4)]);

async function putFile(dir: string, path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(join(dir, path, '..'), { recursive: true });
  await writeFile(join(dir, path), bytes);
}

describe('the raw files of a bundle', () => {
  it('are absent where none were produced', async () => {
    await using folder = await temporaryFolder();
    using evidence = openRawEvidence(folder.path);
    expect(evidence.raw).toEqual({});
  });

  it('are named by the messages of their rows: load, leg and probe', async () => {
    await using folder = await temporaryFolder();
    const [leg, probe] = [legLogFile(1, 'base'), 'raw/probes/01.bin'];
    for (const file of [queryLogFile, leg, probe]) await putFile(folder.path, file, wrongLog);
    await putFile(folder.path, legListFile, encodeLegList([{ role: 'base', file: leg }]));
    const probes = [{ file: probe, targetQps: 1, endedEarly: false }];
    await putFile(folder.path, probesFile, encodeProbes(probes));
    using evidence = openRawEvidence(folder.path);
    const { queries, legs, probes: found } = evidence.raw;
    const logs = [queries, legs?.[0]?.log, found?.[0]?.log];
    for (const [place, file] of [queryLogFile, leg, probe].entries())
      expect(() => logs[place]?.scan(() => undefined)).toThrow(
        `${file}: row 0 has the unknown status 9`,
      );
  });

  it.each(['raw/probes/../../outside.bin', '../outside.bin', '/etc/hostname', 'outside.bin'])(
    'are never outside: a probe %s is not there',
    async (file) => {
      await using folder = await temporaryFolder();
      await putFile(folder.path, 'outside.bin', emptyLog);
      await mkdir(join(folder.path, 'raw', 'probes'), { recursive: true });
      const probes = [{ file, targetQps: 1, endedEarly: false }];
      await putFile(folder.path, probesFile, encodeProbes(probes));
      expect(() => openRawEvidence(folder.path)).toThrow(
        `${probesFile}: names ${file}, which is not there`,
      );
    },
  );
});
