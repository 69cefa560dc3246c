import { hostDevice } from '#drivers/duts/host/host-device.ts';
import { tinySerial } from '#drivers/duts/tiny-serial/tiny-serial.ts';
import { lpm01a } from '#drivers/power/lpm01a/lpm01a.ts';
import { defineLab } from '#harness/contracts/define-lab.ts';
import { complianceAudits } from '#suites/compliance/compliance-audits.ts';
import { imageClassification } from '#suites/image-classification/image-classification.ts';
import { keywordSpotting } from '#suites/keyword-spotting/keyword-spotting.ts';

const dev = '.assay/dev';

/** The demo lab: one simulated microcontroller board with a simulated power analyzer, and this host. */
export default defineLab({
  lab: { id: 'demo', name: 'Assay demo lab', place: 'this machine' },
  stations: [{ id: 'bench-1', name: 'Demo bench' }],
  boards: [
    {
      id: 'mcu-1',
      name: 'Simulated microcontroller board',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: tinySerial,
      config: { path: `${dev}/mcu-1`, baudRate: 1_843_200 },
      powerMeterId: 'lpm-1',
      deploy: {
        kind: 'command',
        command: [
          'node',
          'fixtures/boards/tiny-board/flash.ts',
          '--probe',
          `${dev}/mcu-1.probe`,
          '--model',
          '{boardModel}',
        ],
        timeoutMs: 20_000,
      },
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
  instruments: [
    {
      id: 'lpm-1',
      stationId: 'bench-1',
      driver: lpm01a,
      config: { path: `${dev}/lpm-1`, supplyVolts: 3 },
    },
  ],
  suites: [keywordSpotting, imageClassification],
  audits: complianceAudits,
  simulators: [
    {
      id: 'lpm-1',
      command: [
        'node',
        'fixtures/instruments/lpm01a/main.ts',
        '--link',
        `${dev}/lpm-1`,
        '--activity',
        `${dev}/mcu-1.activity`,
        '--exit-with-parent',
      ],
    },
    {
      id: 'mcu-1',
      command: [
        'node',
        'fixtures/boards/tiny-board/main.ts',
        '--link',
        `${dev}/mcu-1`,
        '--probe',
        `${dev}/mcu-1.probe`,
        '--activity',
        `${dev}/mcu-1.activity`,
        '--model',
        `kws01=${keywordSpotting.model.file}`,
        '--model',
        `ic01=${imageClassification.model.file}`,
        '--start-model',
        'kws01',
        '--inference-us',
        'kws01=10000',
        '--inference-us',
        'ic01=20000',
        '--baud',
        '1843200',
        '--pace',
        '--exit-with-parent',
      ],
    },
  ],
  plan: [
    { suiteId: 'keyword-spotting', boardId: 'mcu-1', seed: 1 },
    { suiteId: 'keyword-spotting', boardId: 'host-1', seed: 1 },
    { suiteId: 'image-classification', boardId: 'mcu-1', seed: 1 },
    { suiteId: 'image-classification', boardId: 'host-1', seed: 1 },
  ],
});
