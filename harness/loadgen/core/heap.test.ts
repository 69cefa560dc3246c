import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { expect, it } from 'vitest';

const Growth = Type.Object({ queryCount: Type.Number(), grownBytes: Type.Number() });

it.each(['single-stream', 'server', 'offline'])(
  'keeps and allocates less than 1 MB for 10^6 queries of a %s load',
  (scenario) => {
    const script = fileURLToPath(new URL('../testing/heap-growth.ts', import.meta.url));
    const output = execFileSync(
      process.execPath,
      ['--expose-gc', '--disable-warning=ExperimentalWarning', script, scenario],
      { encoding: 'utf8', timeout: 60_000 },
    );
    const { queryCount, grownBytes } = Value.Parse(Growth, JSON.parse(output));
    expect(queryCount).toBe(1_000_000);
    expect(grownBytes).toBeLessThan(1_000_000);
  },
);
