import { describe, expect, it } from 'vitest';

import { exitCodeOfError, exitCodeOfRun } from './exit-code.ts';

describe('exit codes', () => {
  it.each([
    ['none', null, 1],
    ['pass', null, 0],
    ['marginal', null, 0],
    ['inconclusive', null, 1],
    ['fail', null, 1],
    ['aborted', null, 1],
    ['error', null, 3],
    ['error', 'infra', 3],
    ['error', 'station', 3],
    ['error', 'bug', 3],
    ['error', 'dut', 1],
    ['error', 'measurement', 1],
    ['error', 'job', 2],
  ] as const)(
    'a run that ended %s with an error of class %s exits %i',
    (verdict, errorClass, code) => {
      expect(exitCodeOfRun(verdict, errorClass === null ? null : { class: errorClass })).toBe(code);
    },
  );

  it.each([
    ['job', 2],
    ['dut', 1],
    ['measurement', 1],
    ['station', 3],
    ['infra', 3],
    ['bug', 3],
  ] as const)('a failure of class %s exits %i', (errorClass, code) => {
    expect(exitCodeOfError({ class: errorClass })).toBe(code);
  });
});
