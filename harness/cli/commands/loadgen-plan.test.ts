import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startCli, type CliOutcome } from '../testing/cli-process.ts';

const mainPath = fileURLToPath(new URL('../main.ts', import.meta.url));

let folder: string;

const settings = {
  scenario: 'server',
  mode: 'performance',
  order: 'reference',
  selection: 'normal',
  seeds: { qsl: '1', sampleIndex: '2', schedule: '3' },
  librarySampleCount: 1024,
  performanceSampleCount: 1024,
  minDurationMs: 0,
  minQueryCount: 200,
  targetQps: 100,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-plan-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function plan(content: string, ...args: readonly string[]): Promise<CliOutcome> {
  const path = join(folder, 'settings.json');
  await writeFile(path, content);
  return startCli(['loadgen', 'plan', '--settings', path, ...args]).ended;
}

describe('assay loadgen plan', () => {
  it('prints the plan as JSON, cut to --count queries', async () => {
    const { exitCode, stdout } = await plan(JSON.stringify(settings), '--count', '4', '--json');
    expect(exitCode).toBe(0);
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      queries: 200,
      samplesPerQuery: 1,
      samples: [881, 799, 863, 866],
      scheduledNs: [0, 733_504, 19_056_134, 20_349_576],
    });
    expect(answer).not.toHaveProperty('logged');
  });

  it('writes 300 000 queries whole', async () => {
    const long = { ...settings, minQueryCount: 300_000, accuracyLogProbability: 0.5 };
    const { exitCode, stdout } = await plan(JSON.stringify(long), '--json');
    expect(exitCode).toBe(0);
    const answer: unknown = JSON.parse(stdout);
    const list = { length: 300_000 };
    expect(answer).toMatchObject({ samples: list, scheduledNs: list, logged: list });
  });

  it('reads standard input, and shows people the beginning', async () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', mainPath, 'loadgen', 'plan', '--settings', '-'],
      { input: JSON.stringify(settings), encoding: 'utf8', timeout: 20_000 },
    );
    expect(status).toBe(0);
    expect(stdout).toContain('queries: 200, of 1 samples\n');
    expect(stdout).toContain('first samples: 881 799 863 866 671 766 ');
    expect(stdout).toContain('first gaps in ns: 733504 18322630 1293442 ');
  });

  it.each([
    ['2 loadgen/settings-unreadable', '{', []],
    ['2 loadgen/settings-invalid', JSON.stringify({ ...settings, speed: 1 }), []],
    ['2 cli/usage', JSON.stringify(settings), ['--count', 'x']],
    [
      '2 loadgen/plan-too-long',
      JSON.stringify({ ...settings, minDurationMs: 4e7, targetQps: 1e6 }),
      [],
    ],
  ] as const)('exits %s', async (ended, content, args) => {
    const { exitCode, stdout, stderr } = await plan(content, ...args);
    expect([`${exitCode} ${stderr.split(': ')[0]}`, stdout]).toStrictEqual([ended, '']);
  });

  it('exits 2 on a missing file, and lists every problem of a wrong one', async () => {
    const missing = await startCli(['loadgen', 'plan', '--settings', join(folder, 'none')]).ended;
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/^loadgen\/settings-unreadable: .*none: ENOENT/);
    const { stderr } = await plan(JSON.stringify({ ...settings, speed: 1, targetQps: -1 }));
    expect(stderr).toContain('\n  speed: unknown key\n');
    expect(stderr).toContain('\n  targetQps: must be > 0\n');
  });
});
