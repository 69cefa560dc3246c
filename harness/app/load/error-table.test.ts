import { expect, test } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';

import { createErrorTable, errorInSlot, errorSlotNone, errorTableWriter } from './error-table.ts';

test('errors keep their code, text and details', () => {
  const memory = createErrorTable();
  const keep = errorTableWriter(memory);
  const errors = [1, 2].map((waitedMs) =>
    labError('dut/timeout', `no answer – ${waitedMs}`, { details: { boardId: 'b', waitedMs } }),
  );
  const slots = errors.map((error) => keep(error));
  expect(slots.map((slot) => errorInSlot(memory, slot))).toEqual(errors.map(errorRecord));
});

test('an error too long for its slot loses its details and the end of its message', () => {
  const memory = createErrorTable();
  const details = { bytes: 'é'.repeat(5000) };
  const slot = errorTableWriter(memory)(labError('dut/timeout', 'ü'.repeat(3000), { details }));
  const record = errorInSlot(memory, slot);
  expect(record).toMatchObject({ code: 'dut/timeout', details: {}, message: 'ü'.repeat(500) });
});

test('the 17th error has no slot, and reading none says that it was not kept', () => {
  const memory = createErrorTable();
  const keep = errorTableWriter(memory);
  const slots = Array.from({ length: 17 }, (_none, index) => keep(new Error(`error ${index}`)));
  expect(slots[16]).toBe(errorSlotNone);
  expect(errorInSlot(memory, errorSlotNone).message).toContain('not kept');
});

test('the same error takes one slot, however often and however many others came', () => {
  const table = createErrorTable();
  const keep = errorTableWriter(table);
  const gone = (queryId: number): Error =>
    labError('dut/timeout', 'the device is gone', { details: { queryId, waitedMs: 1 } });
  expect(keep(gone(1))).toBe(0);
  const slots = Array.from({ length: 40 }, (_none, index) => keep(new Error(`error ${index}`)));
  expect(slots.slice(0, 15)).toEqual(Array.from({ length: 15 }, (_none, index) => index + 1));
  expect(new Set(slots.slice(15))).toEqual(new Set([errorSlotNone]));
  expect(keep(gone(2))).toBe(0);
  expect(errorInSlot(table, 0)).toMatchObject({ code: 'dut/timeout' });
});
