import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hasCode } from '#harness/contracts/error-catalogue.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';

import type { DeployContext } from './deploy-context.ts';
import { deployModel, type OutsideRecipe } from './deploy-model.ts';

let dir = '';
let lines: LogLine[] = [];
const pathBefore = process.env['PATH'] ?? '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
  lines = [];
});

afterEach(() => {
  process.env['PATH'] = pathBefore;
  rmSync(dir, { recursive: true, force: true });
});

const modelBytes = Buffer.from('a model');
const modelSha256 = createHash('sha256').update(modelBytes).digest('hex');

function context(): DeployContext {
  const modelPath = join(dir, 'model.onnx');
  writeFileSync(modelPath, modelBytes);
  return {
    rootDir: dir,
    log: (line) => lines.push(line),
    deployment: {
      modelPath,
      modelSha256,
      boardModel: 'kws01',
      inputElement: 'int8',
      inputShape: [1],
      outputLength: 1,
    },
  };
}

/** A recipe that runs this JavaScript. */
function script(text: string, rest: Partial<Extract<OutsideRecipe, { kind: 'command' }>> = {}) {
  return {
    kind: 'command',
    command: ['node', '-e', text, '{boardModel}', '{modelSha256}', '{firmwareFile}'],
    timeoutMs: 10_000,
    ...rest,
  } as const satisfies OutsideRecipe;
}

/** Shell programs of these names, found before the real ones. */
function fakePrograms(programs: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(programs)) {
    const path = join(dir, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  }
  process.env['PATH'] = `${dir}${delimiter}${pathBefore}`;
}

/** The words of a refused deploy; the code is the one that a failing deploy has. */
async function refusalOf(task: Promise<void>): Promise<string> {
  try {
    await task;
  } catch (error) {
    if (hasCode(error, 'dut/deploy-failed')) return error.message;
    throw error;
  }
  throw new Error('the deploy was not refused');
}

const inTime = (): AbortSignal => AbortSignal.timeout(20_000);

describe('a deploy by command', () => {
  it('fills in names and hashes, adds its environment, and logs what the program said', async () => {
    const text = `require('fs').writeFileSync('board', process.argv.slice(1).join(' ') + process.env.PROBE); console.log('written')`;
    await deployModel(script(text, { environment: { PROBE: '!7' } }), context(), inTime());
    expect(readFileSync(join(dir, 'board'), 'utf8')).toBe(`kws01 ${modelSha256} !7`);
    expect(lines.at(-1)?.fields).toMatchObject({ code: 0, output: 'written\n' });
  });

  it('is left out when its check says that the board holds it already', async () => {
    const verify = {
      command: ['node', '-e', 'console.log("holds {boardModel}")'],
      expectOutput: 'holds {boardModel}',
      timeoutMs: 10_000,
    } as const;
    await deployModel(script('process.exit(3)', { verify }), context(), inTime());
    expect(lines.at(-1)?.message).toContain('skipped');
  });

  it('fails when the board holds something else afterwards', async () => {
    const verify = {
      command: ['node', '-e', 'console.log("holds ic01")'],
      expectOutput: 'holds {boardModel}',
      timeoutMs: 10_000,
    } as const;
    expect(await refusalOf(deployModel(script('', { verify }), context(), inTime()))).toContain(
      'does not say "holds kws01": holds ic01',
    );
  });

  it('is tried again as often as it says, and no more', async () => {
    const text = `const fs = require('fs'); fs.appendFileSync('tries', 'x'); process.exit(fs.readFileSync('tries').length < 3 ? 1 : 0)`;
    await deployModel(script(text, { retryCount: 2 }), context(), inTime());
    expect(readFileSync(join(dir, 'tries'), 'utf8')).toBe('xxx');
    rmSync(join(dir, 'tries'));
    const failing = deployModel(script(text, { retryCount: 1 }), context(), inTime());
    await expect(failing).rejects.toMatchObject({ code: 'dut/deploy-failed' });
    expect(readFileSync(join(dir, 'tries'), 'utf8')).toBe('xx');
  });

  it('ends at its deadline with everything that it started', async () => {
    fakePrograms({ tool: `sleep 60 & echo $! > ${dir}/pid; wait` });
    const recipe = { ...script(''), command: ['tool'], timeoutMs: 500 } as const;
    expect(await refusalOf(deployModel(recipe, context(), inTime()))).toContain(
      'not done after 500 ms',
    );
    const pid = readFileSync(join(dir, 'pid'), 'utf8').trim();
    const state = existsSync(`/proc/${pid}/stat`)
      ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2]
      : 'gone';
    expect(['gone', 'Z', 'X']).toContain(state);
  });

  it('ends with the program, whatever a process of another session keeps open', async () => {
    const leftBehind = `require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'inherit' })`;
    const save = `require('fs').writeFileSync('left', String(child.pid)); child.unref()`;
    const command = ['node', '-e', `const child = ${leftBehind}; ${save}; console.log('done')`];
    const [program, ...args] = command;
    await deployModel({ ...script(''), command: [program ?? '', ...args] }, context(), inTime());
    process.kill(Number(readFileSync(join(dir, 'left'), 'utf8')));
    expect(lines.at(-1)?.fields).toMatchObject({ code: 0, output: 'done\n' });
  });

  it('ends at the abort, whatever a process of another session keeps open', async () => {
    const leftBehind = `require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'inherit' })`;
    const save = `require('fs').writeFileSync('left', String(child.pid))`;
    const stop = new AbortController();
    const recipe = script(`const child = ${leftBehind}; ${save}`);
    const deploying = deployModel(recipe, context(), AbortSignal.any([stop.signal, inTime()]));
    await expect.poll(() => existsSync(join(dir, 'left')), { timeout: 10_000 }).toBe(true);
    stop.abort(new Error('cancelled'));
    await expect(deploying).rejects.toThrow('cancelled');
    process.kill(Number(readFileSync(join(dir, 'left'), 'utf8')));
  });

  it('hands over a path as it is, whatever is in it', async () => {
    const odd = { ...context(), deployment: { ...context().deployment, boardModel: "a$&b$'c$$" } };
    const text = `require('fs').writeFileSync('board', process.argv[1])`;
    await deployModel(script(text), odd, inTime());
    expect(readFileSync(join(dir, 'board'), 'utf8')).toBe("a$&b$'c$$");
  });

  it('refuses a firmware file with another hash before anything is run', async () => {
    writeFileSync(join(dir, 'firmware.bin'), 'other');
    const firmware = { file: 'firmware.bin', sha256: '0'.repeat(64) };
    const text = `require('fs').writeFileSync('ran', '')`;
    await expect(
      deployModel(script(text, { firmware }), context(), inTime()),
    ).rejects.toMatchObject({ code: 'dut/deploy-failed' });
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });
});

describe('a deploy by copy', () => {
  const recipe = {
    kind: 'copy',
    host: 'lab@board',
    remotePath: "/models/{boardModel}'s.onnx",
    restart: ['systemctl', 'restart', 'server'],
    timeoutMs: 10_000,
  } as const satisfies OutsideRecipe;

  /** `ssh` runs its last argument in a shell here, as the one on the board would; `scp` copies to the path after the colon. */
  function fakeBoard(scp: string): void {
    fakePrograms({
      ssh: `for last in "$@"; do :; done; cd "${dir}"; PATH="${dir}:$PATH" sh -c "$(echo "$last" | sed "s#/models#${dir}#")"`,
      systemctl: `echo "$@" >> ${dir}/restarts`,
      scp,
    });
  }

  it('copies, compares the hash on the board, restarts, and does nothing the second time', async () => {
    fakeBoard(`cp "${join('$PWD', 'model.onnx')}" "${dir}/kws01's.onnx"`);
    await deployModel(recipe, context(), inTime());
    expect(readFileSync(join(dir, "kws01's.onnx"), 'utf8')).toBe('a model');
    await deployModel(recipe, context(), inTime());
    expect(readFileSync(join(dir, 'restarts'), 'utf8')).toBe('restart server\n');
    expect(lines.at(-1)?.message).toContain('skipped');
  });

  it('does not take a model for served that a failed restart left in its place', async () => {
    fakeBoard(`cp "${join('$PWD', 'model.onnx')}" "${dir}/kws01's.onnx"`);
    fakePrograms({ systemctl: `echo "$@" >> ${dir}/restarts; exit 1` });
    expect(await refusalOf(deployModel(recipe, context(), inTime()))).toContain('systemctl');
    fakePrograms({ systemctl: `echo "$@" >> ${dir}/restarts` });
    await deployModel(recipe, context(), inTime());
    expect(readFileSync(join(dir, 'restarts'), 'utf8')).toBe('restart server\nrestart server\n');
  });

  it('fails when other bytes arrived', async () => {
    fakeBoard(`echo cut > "${dir}/kws01's.onnx"`);
    expect(await refusalOf(deployModel(recipe, context(), inTime()))).toContain('another SHA-256');
    expect(existsSync(join(dir, 'restarts'))).toBe(false);
  });
});
