import { describe, expect, it } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { RecoveryStep } from '#harness/contracts/records/run-record.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { climbLadder, type RecoveryRung } from './recovery-ladder.ts';

/** A board that answers after the rung of this name. */
function climb(names: readonly string[], helping: string | undefined, fault?: Error) {
  const climbed: string[] = [];
  const steps: RecoveryStep[] = [];
  const rungs: RecoveryRung[] = names.map((name) => ({
    name,
    climb: async () => {
      climbed.push(name);
      if (name === 'broken') throw labError('facility/no-answer', 'no answer');
    },
  }));
  const isBack = climbLadder(
    {
      rungs,
      confirm: async () => {
        if (climbed.at(-1) !== helping) throw fault ?? labError('dut/no-answer', 'silence');
      },
      isFinal: (error) => error === fault,
      reason: 'dut/timeout',
      clock: systemClock(),
      onStep: (step) => steps.push(step),
    },
    AbortSignal.timeout(5_000),
  );
  return { isBack, climbed, steps };
}

describe('the recovery ladder', () => {
  it('stops at the rung that helped and tells every one that was climbed', async () => {
    const { isBack, climbed, steps } = climb(['reopen', 'broken', 'outlet', 'redeploy'], 'outlet');
    expect(await isBack).toBe(true);
    expect(climbed).toEqual(['reopen', 'broken', 'outlet']);
    expect(steps.map(({ rung, helped, reason }) => [rung, helped, reason])).toEqual([
      ['reopen', false, 'dut/timeout'],
      ['broken', false, 'dut/timeout'],
      ['outlet', true, 'dut/timeout'],
    ]);
  });

  it('says that nothing helped', async () => {
    expect(await climb(['reopen', 'outlet'], undefined).isBack).toBe(false);
    expect(await climb([], undefined).isBack).toBe(false);
  });

  it('climbs no further when another device answers', async () => {
    const fault = labError('dut/identity-mismatch', 'another board');
    const { isBack, climbed } = climb(['reopen', 'outlet'], undefined, fault);
    await expect(isBack).rejects.toBe(fault);
    expect(climbed).toEqual(['reopen']);
  });
});
