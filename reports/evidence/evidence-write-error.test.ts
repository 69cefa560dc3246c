import { writeFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';

import { evidenceWriteError } from './evidence-write-error.ts';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}

describe('a failed write of evidence', () => {
  it('to a full disk, here /dev/full, is evidence/disk-full', async () => {
    const failure = await failureOf(writeFile('/dev/full', 'x'));
    const error = evidenceWriteError(failure, '/bundle/record.json');
    expect(error).toMatchObject({ code: 'evidence/disk-full', cause: failure });
    expect(error.message).toBe('The disk is full: /bundle/record.json could not be written.');
  });

  it('to a place that cannot be written is evidence/write-failed', async () => {
    const failure = await failureOf(writeFile('/proc/version', 'x'));
    expect(evidenceWriteError(failure, 'x')).toMatchObject({ code: 'evidence/write-failed' });
  });

  it('that has a code already keeps it', () => {
    const failure = labError('report/render-failed', 'No.');
    expect(evidenceWriteError(failure, 'x')).toBe(failure);
  });
});
