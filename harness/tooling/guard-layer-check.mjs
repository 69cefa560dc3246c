import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Planted imports, each of which the layer check must refuse. */
const violations = [
  {
    file: 'harness/kernel/planted-guard.ts',
    text: "import { errorRecord } from '#harness/contracts/error-record.ts';\nerrorRecord(undefined);\n",
  },
  {
    file: 'harness/judge/planted-guard.ts',
    text: "import type { TransportEnd } from '#drivers/transports/serial/serial-transport.ts';\nexport type Planted = TransportEnd;\n",
  },
  { file: 'reports/planted-guard.ts', text: "import fastify from 'fastify';\nfastify();\n" },
];

/**
 * Proves that the layer check is not blind: plants violations, expects one error line for each file, removes them.
 * A checker without a TypeScript parser would find no module and call everything clean.
 */
export function guardLayerCheck() {
  const files = violations.map(({ file }) => file);
  try {
    for (const { file, text } of violations) {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
    }
    const config = ['--config', 'harness/tooling/dependency-rules.mjs'];
    const done = spawnSync(join('node_modules', '.bin', 'depcruise'), [...config, ...files], {
      encoding: 'utf8',
      timeout: 2 * 60_000,
    });
    const missed = files.filter((file) => !done.stdout.includes(file));
    const ok = done.status !== 0 && missed.length === 0;
    const detail = ok
      ? `${files.length} of ${files.length} planted violations found`
      : `not found: ${missed.join(', ') || 'exit code was 0'}`;
    return { ok, detail };
  } finally {
    for (const file of files) rmSync(file, { force: true });
    process.exitCode ??= 0;
  }
}
