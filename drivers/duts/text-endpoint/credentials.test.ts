import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readCredentials } from './credentials.ts';

const url = 'https://board';

describe('credentials', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credentials-'));
    for (const name of ['ca', 'certificate', 'key'])
      await writeFile(join(folder, name), `${name} text\n`);
    await writeFile(join(folder, 'token'), '  secret \n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are none when the lab names none', async () => {
    expect(await readCredentials({ url })).toEqual({});
  });

  it('are the content of the files, the token without the space around it', async () => {
    const config = {
      url,
      apiKeyFile: join(folder, 'token'),
      tls: {
        caFile: join(folder, 'ca'),
        certificateFile: join(folder, 'certificate'),
        keyFile: join(folder, 'key'),
        serverName: 'board.lab',
      },
    };
    expect(await readCredentials(config)).toEqual({
      bearerToken: 'secret',
      tls: {
        ca: 'ca text\n',
        certificate: 'certificate text\n',
        key: 'key text\n',
        serverName: 'board.lab',
      },
    });
  });

  it('name the file that cannot be read', async () => {
    const caFile = join(folder, 'none');
    await expect(readCredentials({ url, tls: { caFile } })).rejects.toMatchObject({
      code: 'config/invalid',
      details: { path: caFile },
    });
  });
});
