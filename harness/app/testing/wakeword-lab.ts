import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { tinyStreaming } from '#drivers/duts/tiny-streaming/tiny-streaming.ts';
import type { LabConfig } from '#harness/contracts/define-lab.ts';
import { streamingWakeword } from '#suites/streaming-wakeword/streaming-wakeword.ts';

import { projectDir } from './fast-lab.ts';

/** What a test may change of a lab with one wake-word bench, four hundred times as fast as life. */
export interface WakewordLabOptions {
  /** A folder of the test's own, with a short path. */
  readonly dir: string;
  /** Further arguments of the simulator: `['--missed=9']`. */
  readonly bench?: readonly string[];
}

/** The lab as a configuration; its paths are relative to `dir`. */
export function wakewordLab({ dir, bench = [] }: WakewordLabOptions): LabConfig {
  return {
    lab: { id: 'test', name: 'Test lab', place: 'a test' },
    stations: [{ id: 'bench-1', name: 'Bench' }],
    boards: [
      {
        id: 'sww-1',
        name: 'Simulated wake-word bench',
        maker: 'Assay',
        stationId: 'bench-1',
        driver: tinyStreaming,
        config: {
          path: join(dir, 'sww-1'),
          audioSpeed: 400,
          commandTimeoutMs: 1000,
          settleMs: 20,
          quietMs: 20,
        },
      },
    ],
    instruments: [],
    suites: [streamingWakeword],
    simulators: [
      {
        id: 'sww-1',
        command: [
          'node',
          join(projectDir, 'fixtures/boards/wakeword-bench/main.ts'),
          '--exit-with-parent',
          '--link=sww-1',
          '--file=wakewords.wav=seed:1:50:1200',
          '--speed=400',
          ...bench,
        ],
      },
    ],
    server: { port: 0 },
    stateDir: 'state',
  };
}

/**
 * Writes a configuration file that is this lab, for threads and processes that load it by path.
 *
 * @returns its absolute path
 */
export function writeWakewordLab(options: WakewordLabOptions): string {
  const path = resolve(options.dir, 'lab.config.ts');
  const module = JSON.stringify(new URL('wakeword-lab.ts', import.meta.url).href);
  const text = `import { wakewordLab } from ${module};\nexport default wakewordLab(${JSON.stringify(options)});\n`;
  writeFileSync(path, text);
  return path;
}
