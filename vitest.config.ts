import { defineConfig } from 'vitest/config';

/** Tests lie beside what they test; the slow ones, which start processes and the whole lab, are `*.e2e.test.ts`. */
export default defineConfig({
  test: {
    include: ['{harness,drivers,suites,reports,fixtures}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    // Contract suites against real hardware; registered only where ASSAY_HIL_<FAMILY> names some.
    tags: [{ name: 'hil', description: 'needs hardware', timeout: 120_000 }],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
});
