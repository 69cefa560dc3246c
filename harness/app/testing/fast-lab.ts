import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { hostDevice } from '#drivers/duts/host/host-device.ts';
import { tinySerial } from '#drivers/duts/tiny-serial/tiny-serial.ts';
import { commandSwitch } from '#drivers/facility/command-switch/command-switch.ts';
import { lpm01a } from '#drivers/power/lpm01a/lpm01a.ts';
import type { LabConfig, PowerSwitchEntry, SimulatorEntry } from '#harness/contracts/define-lab.ts';
import type { Suite } from '#harness/contracts/define-suite.ts';
import { complianceAudits } from '#suites/compliance/compliance-audits.ts';
import { encodeKeywords } from '#suites/keyword-spotting/encode-keywords.ts';
import { keywordSpotting } from '#suites/keyword-spotting/keyword-spotting.ts';
import { datasetSha256 } from '#suites/runtime/dataset-layout.ts';

/** The project's folder. */
export const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

const sampleCount = 60;

/** What a test may change; the rest is the demo lab, quick: no pacing, short windows, sixty samples. */
export interface FastLabOptions {
  /** A folder of the test's own, with a short path: unix sockets allow 100 characters. */
  readonly dir: string;
  readonly boardFaults?: readonly string[];
  readonly meterFaults?: readonly string[];
  /** False: the test starts the simulators itself. */
  readonly withSimulators?: boolean;
  readonly withMeter?: boolean;
  /** True: an outlet that boots the board when it is switched on, as the last rung of its recovery. */
  readonly withOutlet?: boolean;
  readonly suiteChanges?: Partial<Pick<Suite, 'dataset' | 'model' | 'performance' | 'accuracy'>>;
}

function fastSuite(dir: string): Suite {
  const samples = encodeKeywords({ first: 0, count: sampleCount });
  const path = join(dir, 'samples.bin');
  writeFileSync(path, Buffer.concat([samples.bytes, samples.labels]));
  return {
    ...keywordSpotting,
    model: { ...keywordSpotting.model, file: join(projectDir, keywordSpotting.model.file) },
    dataset: {
      ...keywordSpotting.dataset,
      sampleCount,
      sha256: datasetSha256(samples),
      source: { kind: 'file', path },
    },
    accuracy: { metric: 'top-1', atLeast: 0.8 },
    performance: {
      ...keywordSpotting.performance,
      minDurationMs: 50,
      minQueryCount: 70,
      queryDeadlineMs: 1500,
      windowCount: 3,
      minWindowMs: 200,
      sampleCount: 8,
    },
  };
}

function flags(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [name, value]);
}

/** The simulated analyzer and board of the fast lab. */
export function fastSimulators(options: FastLabOptions): SimulatorEntry[] {
  const simulator = (file: string): string => join(projectDir, 'fixtures', file);
  const analyzer: SimulatorEntry = {
    id: 'lpm-1',
    command: [
      'node',
      simulator('instruments/lpm01a/main.ts'),
      '--exit-with-parent',
      ...flags('--link', ['lpm-1']),
      ...flags('--activity', ['activity']),
      ...flags('--fault', options.meterFaults ?? []),
    ],
  };
  const board: SimulatorEntry = {
    id: 'mcu-1',
    command: [
      'node',
      simulator('boards/tiny-board/main.ts'),
      '--exit-with-parent',
      '--no-pace',
      ...flags('--link', ['mcu-1']),
      ...flags('--probe', ['probe']),
      ...flags('--activity', ['activity']),
      ...flags('--model', [`kws01=${join(projectDir, keywordSpotting.model.file)}`]),
      ...flags('--inference-us', ['kws01=1000']),
      ...flags('--baud', ['921600']),
      ...flags('--fault', options.boardFaults ?? []),
    ],
  };
  return options.withMeter === false ? [board] : [analyzer, board];
}

/** Switching on is a reset at the board's probe. */
const resetScript = `
  const socket = require('node:net').connect('probe');
  socket.on('error', () => process.exit(1));
  socket.end('{"do":"reset"}\\n');
  socket.on('close', () => process.exit(0));`;

const outlet: PowerSwitchEntry = {
  id: 'outlet',
  driver: commandSwitch,
  config: { on: ['node', '-e', resetScript], off: ['true'], minimumOffMs: 50 },
};

/** The lab as a configuration; its paths are relative to `dir`. */
export function fastLab(options: FastLabOptions): LabConfig {
  const hasMeter = options.withMeter !== false;
  return {
    lab: { id: 'test', name: 'Test lab', place: 'a test' },
    stations: [{ id: 'bench-1', name: 'Bench' }],
    boards: [
      {
        id: 'mcu-1',
        name: 'Simulated board',
        maker: 'Assay',
        stationId: 'bench-1',
        driver: tinySerial,
        config: {
          path: './mcu-1',
          baudRate: 921_600,
          inferTimeoutMs: 1500,
          inferRetryCountMax: 1,
          ...(options.withOutlet === true ? { bootTimeoutMs: 1500 } : {}),
        },
        ...(options.withOutlet === true ? { recovery: { powerSwitchIds: ['outlet'] } } : {}),
        ...(hasMeter ? { powerMeterId: 'lpm-1' } : {}),
      },
      {
        id: 'host-1',
        name: 'This host',
        maker: 'as found',
        stationId: 'bench-1',
        driver: hostDevice,
        config: { threadCount: 1 },
      },
    ],
    instruments: hasMeter
      ? [
          {
            id: 'lpm-1',
            stationId: 'bench-1',
            driver: lpm01a,
            config: { path: './lpm-1', supplyVolts: 3 },
          },
        ]
      : [],
    powerSwitches: options.withOutlet === true ? [outlet] : [],
    audits: complianceAudits,
    suites: [{ ...fastSuite(options.dir), ...options.suiteChanges }],
    simulators: options.withSimulators === false ? [] : fastSimulators(options),
    server: { port: 0 },
    stateDir: 'state',
  };
}

/**
 * Writes a configuration file that is this lab, for processes that load it by path.
 *
 * @returns its absolute path
 */
export function writeFastLab(options: FastLabOptions): string {
  mkdirSync(options.dir, { recursive: true });
  const path = resolve(options.dir, 'lab.config.ts');
  const module = JSON.stringify(new URL('fast-lab.ts', import.meta.url).href);
  const text = `import { fastLab } from ${module};\nexport default fastLab(${JSON.stringify(options)});\n`;
  writeFileSync(path, text);
  return path;
}
