/** Runs vitest, names every skipped test, and under CI=true counts a skip as a failure. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const reportPath = join('.assay-test', 'report.json');
mkdirSync('.assay-test', { recursive: true });
rmSync(reportPath, { force: true });

const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportPath}`,
  ...process.argv.slice(2),
];
const vitest = join('node_modules', 'vitest', 'vitest.mjs');
const done = spawnSync(process.execPath, [vitest, ...args], {
  stdio: 'inherit',
  timeout: 60 * 60_000,
});

const report = JSON.parse(readFileSync(reportPath, 'utf8'));
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults
    .filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo')
    .map(({ fullName }) => `${file.name}: ${fullName}`),
);
for (const name of skipped) process.stdout.write(`SKIPPED ${name}\n`);
const isStrict = process.env.CI === 'true';
if (isStrict && skipped.length > 0) process.stdout.write('CI=true: nothing may be skipped\n');
process.stdout.write(
  `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped\n`,
);
process.exit(done.status !== 0 ? 1 : isStrict && skipped.length > 0 ? 1 : 0);
