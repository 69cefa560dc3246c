/** Every static check, cheapest first: format, lint, types, layers with its guard, dead code. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

import { guardLayerCheck } from './guard-layer-check.mjs';

const bin = (name) => join('node_modules', '.bin', name);
const layers = [
  '--config',
  'harness/tooling/dependency-rules.mjs',
  'harness',
  'drivers',
  'suites',
  'reports',
  'fixtures',
  'lab.config.ts',
];

const checks = [
  { name: 'format', run: [bin('oxfmt'), '--check', '.'] },
  {
    name: 'lint',
    run: [bin('oxlint'), '--type-aware', '--deny-warnings', '--report-unused-disable-directives'],
  },
  { name: 'types', run: [bin('tsc'), '-p', '.'] },
  { name: 'types of the console', run: [bin('tsc'), '-p', 'harness/console'] },
  { name: 'layers', run: [bin('depcruise'), ...layers] },
  { name: 'dead code', run: [bin('knip')] },
];

let failedCount = 0;
for (const { name, run } of checks) {
  const started = process.hrtime.bigint();
  const done = spawnSync(run[0], run.slice(1), { encoding: 'utf8', timeout: 5 * 60_000 });
  const seconds = (Number(process.hrtime.bigint() - started) / 1e9).toFixed(1);
  const isGood = done.status === 0;
  process.stdout.write(`check ${name}: ${isGood ? 'ok' : 'FAILED'} (${seconds} s)\n`);
  if (!isGood) {
    failedCount += 1;
    process.stdout.write(`${done.stdout}${done.stderr}\n`);
  }
}
const guard = guardLayerCheck();
process.stdout.write(`check layer guard: ${guard.ok ? 'ok' : 'FAILED'} (${guard.detail})\n`);
if (!guard.ok) failedCount += 1;
process.exit(failedCount === 0 ? 0 : 1);
