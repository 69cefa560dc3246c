import { deviceFrames } from '#drivers/duts/device-frames/device-frames.ts';
import { hostDevice } from '#drivers/duts/host/host-device.ts';
import { openInference } from '#drivers/duts/open-inference/open-inference.ts';
import { textEndpoint } from '#drivers/duts/text-endpoint/text-endpoint.ts';
import { tinySerial } from '#drivers/duts/tiny-serial/tiny-serial.ts';
import { tinyStreaming } from '#drivers/duts/tiny-streaming/tiny-streaming.ts';
import { lpm01a } from '#drivers/power/lpm01a/lpm01a.ts';
import { defineLab } from '#harness/contracts/define-lab.ts';
import { complianceAudits } from '#suites/compliance/compliance-audits.ts';
import { imageClassification } from '#suites/image-classification/image-classification.ts';
import { keywordSpotting } from '#suites/keyword-spotting/keyword-spotting.ts';
import { questionAnswering } from '#suites/question-answering/question-answering.ts';
import { streamingWakeword } from '#suites/streaming-wakeword/streaming-wakeword.ts';

const dev = '.assay/dev';
const local = '127.0.0.1';
const ports = { text: 4611, http: 4612, grpc: 4613, agent: 4614 };

/** So that the whole plan takes minutes: windows of the suites are 10 s each, as a measurement that counts needs. */
const quickWindows = { minWindowMs: 1000 };
const quickLoad = { windowCount: 0 };

/**
 * The demo lab: a simulated device of every family, each a process of its own on its real wire; a simulated power
 * analyzer; and this host.
 */
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
    {
      id: 'mcu-2',
      name: 'Simulated board behind an IO manager',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: tinySerial,
      config: { path: `${dev}/mcu-2`, ioManager: 'stm32', dutBaudRate: 9600 },
    },
    {
      id: 'wake-1',
      name: 'Simulated wake-word bench',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: tinyStreaming,
      config: { path: `${dev}/wake-1`, audioSpeed: 200 },
    },
    {
      id: 'npu-1',
      name: 'Simulated accelerator, device protocol',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: deviceFrames,
      config: { link: { kind: 'serial', path: `${dev}/npu-1`, baudRate: 921_600 } },
    },
    {
      id: 'agent-1',
      name: 'This host through the Assay agent',
      maker: 'as found',
      stationId: 'bench-1',
      driver: deviceFrames,
      config: { link: { kind: 'tcp', host: local, port: ports.agent } },
    },
    {
      id: 'server-1',
      name: 'Simulated inference server, HTTP',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: openInference,
      config: {
        protocol: 'http',
        url: `http://${local}:${ports.http}`,
        connectionCount: 8,
        batchSizeMax: 8,
      },
    },
    {
      id: 'server-2',
      name: 'The same server, gRPC',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: openInference,
      config: {
        protocol: 'grpc',
        url: `grpc://${local}:${ports.grpc}`,
        connectionCount: 8,
        batchSizeMax: 8,
      },
    },
    {
      id: 'text-1',
      name: 'Simulated language model server',
      maker: 'Assay',
      stationId: 'bench-1',
      driver: textEndpoint,
      config: { url: `http://${local}:${ports.text}`, connectionCount: 8 },
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
  suites: [keywordSpotting, imageClassification, questionAnswering, streamingWakeword],
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
    {
      id: 'mcu-2-dut',
      command: [
        'node',
        'fixtures/boards/tiny-board/main.ts',
        '--link',
        `${dev}/mcu-2.dut`,
        '--model',
        `kws01=${keywordSpotting.model.file}`,
        '--start-model',
        'kws01',
        '--inference-us',
        'kws01=10000',
        '--baud',
        '9600',
        '--no-pace',
        '--exit-with-parent',
      ],
    },
    {
      id: 'mcu-2',
      command: [
        'node',
        'fixtures/boards/io-manager/main.ts',
        '--generation',
        'stm32',
        '--dut',
        `${dev}/mcu-2.dut`,
        '--link',
        `${dev}/mcu-2`,
        '--exit-with-parent',
      ],
    },
    {
      id: 'wake-1',
      command: [
        'node',
        'fixtures/boards/wakeword-bench/main.ts',
        '--link',
        `${dev}/wake-1`,
        '--file',
        'wakewords.wav=seed:1:50:1200',
        '--speed',
        '200',
        '--missed',
        '4',
        '--extra',
        '3',
        '--exit-with-parent',
      ],
    },
    {
      id: 'npu-1',
      command: [
        'node',
        'fixtures/boards/frames-device/main.ts',
        '--link',
        `${dev}/npu-1`,
        '--inference-us',
        '2000',
        '--exit-with-parent',
      ],
    },
    {
      id: 'agent-1',
      command: [
        'node',
        'harness/cli/main.ts',
        'agent',
        '--listen',
        `${local}:${ports.agent}`,
        '--exit-with-parent',
      ],
    },
    {
      id: 'servers',
      command: [
        'node',
        'fixtures/boards/inference-server/main.ts',
        '--http',
        `${local}:${ports.http}`,
        '--grpc',
        `${local}:${ports.grpc}`,
        '--model',
        `kws01=${keywordSpotting.model.file}`,
        '--model',
        `ic01=${imageClassification.model.file}`,
        '--inference-us',
        '3000',
        '--exit-with-parent',
      ],
    },
    {
      id: 'text-1',
      command: [
        'node',
        'fixtures/boards/text-server/main.ts',
        '--tokenizer',
        questionAnswering.model.file,
        '--port',
        String(ports.text),
        '--slots',
        '8',
        '--ttft-ms',
        '10',
        '--token-ms',
        '1',
        '--exit-with-parent',
      ],
    },
  ],
  plan: [
    { suiteId: 'keyword-spotting', boardId: 'mcu-1', seed: 1, load: quickWindows },
    { suiteId: 'keyword-spotting', boardId: 'host-1', seed: 1, load: quickWindows },
    { suiteId: 'image-classification', boardId: 'mcu-1', seed: 1, load: quickWindows },
    { suiteId: 'image-classification', boardId: 'host-1', seed: 1, load: quickWindows },
    { suiteId: 'keyword-spotting', boardId: 'mcu-2', seed: 1, load: quickLoad },
    { suiteId: 'streaming-wakeword', boardId: 'wake-1', seed: 1 },
    { suiteId: 'keyword-spotting', boardId: 'npu-1', seed: 1, load: quickLoad },
    { suiteId: 'keyword-spotting', boardId: 'agent-1', seed: 1, load: quickLoad },
    { suiteId: 'keyword-spotting', boardId: 'server-1', seed: 1, load: quickLoad },
    { suiteId: 'keyword-spotting', boardId: 'server-2', seed: 1, load: quickLoad },
    { suiteId: 'question-answering', boardId: 'text-1', seed: 1, scenario: 'server' },
  ],
});
