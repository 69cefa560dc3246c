import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';

import { defineDutDriver } from '#harness/contracts/define-driver.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { LabError } from '#harness/kernel/lab-error.ts';

import { labConfigProblems, loadLabConfig } from './load-lab-config.ts';

const driver = defineDutDriver({
  id: 'dut/test',
  config: Type.Object(
    { path: Type.String({ minLength: 1 }), baudRate: Type.Integer({ minimum: 1200 }) },
    { additionalProperties: false },
  ),
  resources: ({ path }) => [path],
  open: () => Promise.reject(labError('dut/no-answer', 'never opened here')),
});

const board = {
  id: 'mcu-1',
  name: 'Board',
  maker: 'Maker',
  stationId: 'bench-1',
  driver,
  config: { path: '/dev/ttyACM7', baudRate: 115_200 },
};

const lab = {
  lab: { id: 'test', name: 'Test lab', place: 'here' },
  stations: [{ id: 'bench-1', name: 'Bench' }],
  boards: [board],
  instruments: [],
  suites: [{ id: 'keyword-spotting' }],
};

const texts = (value: unknown, rootDir = '/'): string[] =>
  labConfigProblems(value, rootDir).map(({ path, problem }) => `${path}: ${problem}`);

describe('labConfigProblems', () => {
  it('finds nothing wrong with a small lab', () => {
    expect(texts(lab)).toEqual([]);
  });

  it('reports every problem of a broken lab at once, each with its path and a remedy', () => {
    const broken = {
      ...lab,
      lab: { id: 'Test Lab', name: 'x', place: 'y', owner: 'nobody' },
      stations: [],
      boards: [{ ...board, maker: undefined, driver: 'tiny' }],
      servr: {},
    };
    const problems = labConfigProblems(broken, '/');
    const paths = problems.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'servr',
        'lab.id',
        'lab.owner',
        'stations',
        'boards[0].maker',
        'boards[0].driver',
      ]),
    );
    expect(problems.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  it('names the allowed values of a choice', () => {
    const plan = [{ suiteId: 'keyword-spotting', boardId: 'mcu-1', mode: 'fast' }];
    const [problem] = labConfigProblems({ ...lab, plan }, '/');
    expect(problem).toMatchObject({ path: 'plan[0].mode' });
    expect(problem?.remedy).toContain('"accuracy"');
  });

  it('names a board that the plan asks for and nobody has', () => {
    const plan = [{ suiteId: 'keyword-spotting', boardId: 'mcu-9' }];
    expect(texts({ ...lab, plan })).toEqual(['plan[0].boardId: there is no board "mcu-9"']);
  });

  it('names a power meter and a station that do not exist', () => {
    const boards = [{ ...board, stationId: 'bench-2', powerMeterId: 'lpm-1' }];
    expect(texts({ ...lab, boards })).toEqual([
      'boards[0].stationId: there is no station "bench-2"',
      'boards[0].powerMeterId: there is no instrument "lpm-1"',
    ]);
  });

  it('refuses two boards on one path', () => {
    const boards = [board, { ...board, id: 'mcu-2' }];
    expect(texts({ ...lab, boards })).toEqual([
      'boards[1].config: "/dev/ttyACM7" is used by boards[0].config already',
    ]);
  });

  it('refuses two boards with one id', () => {
    const config = { ...board.config, path: '/dev/ttyACM8' };
    expect(texts({ ...lab, boards: [board, { ...board, config }] })).toEqual([
      'boards[1].id: the id "mcu-1" is taken by boards[0]',
    ]);
  });

  it('refuses a path that exists and is no device, with the schema errors of the driver', () => {
    expect(
      texts({ ...lab, boards: [{ ...board, config: { path: '/', baudRate: 9600 } }] }),
    ).toEqual(['boards[0].config: "/" exists but is no device']);
    const config = { path: '/dev/ttyACM7', baudRate: 9, parity: 'odd' };
    expect(texts({ ...lab, boards: [{ ...board, config }] })).toEqual(
      expect.arrayContaining([
        'boards[0].config.parity: unknown key',
        expect.stringContaining('boards[0].config.baudRate'),
      ]),
    );
  });
});

describe('loadLabConfig', () => {
  const codeOf = async (task: Promise<unknown>): Promise<string> => {
    try {
      await task;
      return 'no error';
    } catch (error) {
      return error instanceof LabError ? error.code : String(error);
    }
  };

  it('says which file is missing', async () => {
    expect(await codeOf(loadLabConfig('/nowhere/lab.config.ts'))).toBe('config/not-found');
  });

  it('says that a file with a syntax error cannot be loaded', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'assay-config-')), 'lab.config.mjs');
    writeFileSync(path, 'export default {');
    expect(await codeOf(loadLabConfig(path))).toBe('config/load-failed');
  });

  it('refuses a file without a lab', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'assay-config-')), 'lab.config.mjs');
    writeFileSync(path, 'export default 7;');
    expect(await codeOf(loadLabConfig(path))).toBe('config/invalid');
  });
});
