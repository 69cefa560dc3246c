#!/usr/bin/env node
/**
 * The program `assay`, for any Node from 18 on: finds a Node that runs the lab (>= 24.20), sets the package up when it
 * never was, and hands over to main.ts with the same arguments, terminal, signals and exit code.
 */
/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return, typescript/strict-boolean-expressions -- plain JavaScript for old Nodes: no type is known here */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const infrastructureExitCode = 3;
const interruptedExitCode = 130;
const nodeFlags = ['--disable-warning=ExperimentalWarning'];

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 20);
}

/** The Node that the set-up brought, or undefined. */
function runtimeNode() {
  const isWindows = process.platform === 'win32';
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const file = isWindows ? 'node.exe' : 'node';
  const path = join(root, '.runtime', 'node_modules', name, 'bin', file);
  return existsSync(path) ? path : undefined;
}

/** A Node that is new enough and the packages it needs, or undefined. */
function readyNode() {
  const node = isNewEnough() ? process.execPath : runtimeNode();
  return existsSync(join(root, 'node_modules', 'commander')) ? node : undefined;
}

function setUp() {
  const bootstrap = join(root, 'harness', 'tooling', 'bootstrap.mjs');
  const done = spawnSync(process.execPath, [bootstrap, 'setup'], { stdio: ['ignore', 2, 2] });
  if (done.status !== 0) process.exit(infrastructureExitCode);
}

function handOver(node) {
  const args = [...nodeFlags, join(root, 'harness', 'cli', 'main.ts'), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  // Ctrl-C reaches the whole group of a terminal by itself; without a terminal it is passed on.
  const pass = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  child.on('error', (error) => {
    process.stderr.write(`assay: ${node} cannot be run: ${error.message}\n`);
    process.exit(infrastructureExitCode);
  });
  child.on('exit', (code) => process.exit(code ?? interruptedExitCode));
}

let node = readyNode();
if (node === undefined) {
  setUp();
  node = readyNode();
}
if (node === undefined) {
  process.stderr.write(
    'assay: the set-up brought no Node >= 24.20; install Node 24 and try again\n',
  );
  process.exit(infrastructureExitCode);
}
handOver(node);
