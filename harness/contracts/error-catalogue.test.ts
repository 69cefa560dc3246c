import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { errorCatalogue, labError } from './error-catalogue.ts';
import { errorRecord, thrownFromRecord } from './error-record.ts';
import { errorTable } from './format/error-table.ts';

describe('the error catalogue', () => {
  it('is what harness/docs/errors.md says (npm run docs writes it anew)', () => {
    const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
    expect(page).toBe(errorTable());
  });

  it('has a remedy of at least three words for every code, and codes of the form area/what', () => {
    for (const [code, entry] of Object.entries(errorCatalogue)) {
      expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
      expect(entry.remedy).toMatch(/^(\S+ ){2,}\S+$/);
    }
  });
});

describe('errorRecord', () => {
  it('keeps code, class and details across a thread', () => {
    const record = errorRecord(labError('dut/timeout', 'no reply', { details: { waitedNs: 5 } }));
    expect(record).toMatchObject({ code: 'dut/timeout', class: 'dut', details: { waitedNs: 5 } });
    expect(errorRecord(thrownFromRecord(record))).toEqual(record);
  });

  it('calls everything else a bug of ours', () => {
    expect(errorRecord(new TypeError('x is undefined'))).toMatchObject({
      code: 'run/bug',
      class: 'bug',
      message: 'TypeError: x is undefined',
    });
  });
});
