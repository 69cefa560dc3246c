#!/usr/bin/env node
/**
 * Sets everything up and runs one command: `node harness/tooling/bootstrap.mjs <setup|start|demo|test|bench|check>`.
 * Plain JavaScript for any Node from 18 on, since it is what brings Node 24.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { installSystemPackages } from './system-packages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const runtimeVersion = '24.21.0';
const runtimePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const stampPath = join(root, 'node_modules', '.assay-setup.json');
const nodeFlags = ['--disable-warning=ExperimentalWarning'];

const say = (text) => process.stderr.write(`assay setup: ${text}\n`);

/** Ends with a sentence and the exit code for infrastructure. */
function giveUp(text) {
  say(text);
  process.exit(3);
}

function runNpm(args, env) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, args, {
    cwd: root,
    env: { ...env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    timeout: 20 * 60_000,
  });
  return done.status === 0;
}

const isNewEnough = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 20);
};

/** Path of a Node that is new enough: this one, or the one from the registry. */
function ensureRuntime() {
  if (isNewEnough()) return process.execPath;
  const folder = join(root, '.runtime');
  const bin = join(folder, 'node_modules', runtimePackage, 'bin');
  const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  // A partial download must not be taken for a runtime for ever.
  const runs = () =>
    spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${runtimeVersion}`;
  if (!existsSync(node) || !runs()) {
    rmSync(folder, { recursive: true, force: true });
    say(
      `this Node is ${process.version}; fetching ${runtimePackage}@${runtimeVersion} from the registry`,
    );
    mkdirSync(folder, { recursive: true });
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    ];
    if (
      !runNpm([...args, `${runtimePackage}@${runtimeVersion}`], process.env) ||
      !existsSync(node)
    ) {
      giveUp(
        `no Node >= 24.20 here and ${runtimePackage} could not be fetched: install Node 24 and try again`,
      );
    }
  }
  return node;
}

/** Installs by lock file, once per lock file; `all` includes what `prod` needs, and is kept where it was once. */
function ensurePackages(wantedScope, env) {
  const hasAll = existsSync(join(root, 'node_modules', 'vitest'));
  const scope = hasAll ? 'all' : wantedScope;
  const lockSha256 = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, 'utf8')) : {};
  if (stamp.lockSha256 === lockSha256 && (stamp.scope === 'all' || stamp.scope === scope)) return;
  say(
    `installing packages (${scope === 'all' ? 'with those for development' : 'for running'}), once, about half a minute`,
  );
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (scope === 'prod') args.push('--omit=dev');
  if (!runNpm(args, env)) giveUp('npm ci failed; its words are above');
  writeFileSync(stampPath, JSON.stringify({ lockSha256, scope }));
}

/** Runs a program with this terminal; passes signals on; resolves with its exit code. */
function runProgram(node, args, env) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, env, stdio: 'inherit' });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    // Ctrl-C reaches the whole group by itself; waiting keeps the prompt away until the child has ended.
    process.on('SIGINT', () => {});
    child.on('error', (error) => giveUp(`${node} cannot be run: ${error.message}`));
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', pass);
      resolve(code ?? (signal === null ? 1 : 130));
    });
  });
}

const rest = process.argv.slice(3);
const commands = {
  setup: { scope: 'prod', steps: () => [] },
  start: {
    scope: 'prod',
    steps: () => [['harness/cli/main.ts', 'demo', '--keep-serving', ...rest]],
  },
  demo: { scope: 'prod', steps: () => [['harness/cli/main.ts', 'demo', ...rest]] },
  bench: { scope: 'all', steps: () => [['harness/tooling/bench.ts', ...rest]] },
  check: { scope: 'all', steps: () => [['harness/tooling/check.mjs', ...rest]] },
  test: {
    scope: 'all',
    steps: () => [
      ...(rest.length === 0 ? [['harness/tooling/check.mjs']] : []),
      ['harness/tooling/run-tests.mjs', ...rest],
    ],
  },
};

const name = process.argv[2] ?? '';
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  say(`usage: bootstrap.mjs ${Object.keys(commands).join('|')}`);
  process.exit(2);
}
const node = ensureRuntime();
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
ensurePackages(command.scope, env);
if (name === 'test') installSystemPackages(say);
for (const step of command.steps()) {
  const exitCode = await runProgram(node, [...nodeFlags, ...step], env);
  if (exitCode !== 0) process.exit(exitCode);
}
