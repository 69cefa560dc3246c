import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { systemClock } from '#harness/kernel/system-clock.ts';

import { loadConsoleFiles } from './console-files.ts';
import { createApi } from './create-api.ts';
import { createMemoryLab } from './testing/memory-lab.ts';

const consoleDir = fileURLToPath(new URL('../console', import.meta.url));

it('serves JavaScript whose every import is served too, and no test or setting', async () => {
  const files = await loadConsoleFiles(consoleDir);
  expect([...files.keys()]).toContain('app.js');
  expect([...files.keys()].filter((name) => /test|json|\.ts$/.test(name))).toStrictEqual([]);
  for (const [name, { text, contentType }] of files) {
    if (!name.endsWith('.js')) continue;
    expect(contentType).toBe('text/javascript; charset=utf-8');
    const imports = [...text.matchAll(/\bfrom '([^']+)'/g)].map(([, path = '']) => path);
    const absent = imports.filter((path) => !files.has(path.replace('./', '')));
    expect(absent).toStrictEqual([]);
  }
});

it('refuses what is no TypeScript, at start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-console-'));
  try {
    await writeFile(join(folder, 'bad.ts'), 'const = ;');
    await expect(loadConsoleFiles(folder)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('serves the page at / with a policy that forbids everything foreign', async () => {
  const { service } = createMemoryLab();
  const api = await createApi({ service, clock: systemClock(), consoleDir });
  try {
    const url = await api.listen({ host: '127.0.0.1', port: 0 });
    const page = await fetch(url);
    expect([page.url, page.status]).toStrictEqual([`${url}/console/`, 200]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<script type="module" src="app.js">');
    const absent = await Promise.all(
      ['none.js', 'tsconfig.json', '..%2fapi%2fproblem.ts'].map((name) =>
        fetch(`${url}/console/${name}`),
      ),
    );
    expect(absent.map(({ status }) => status)).toStrictEqual([404, 404, 404]);
  } finally {
    await api.close();
  }
});
