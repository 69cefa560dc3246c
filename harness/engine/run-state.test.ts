import { describe, expect, it } from 'vitest';

import type { ErrorRecord } from '#harness/contracts/error-record.ts';

import { firstRunState, nextRunState, workingPhases, type RunState } from './run-state.ts';

const error: ErrorRecord = {
  code: 'dut/timeout',
  class: 'dut',
  retry: 'automatic',
  message: 'no answer',
  remedy: 'power-cycle',
  details: {},
};

function path(state: RunState, events: readonly ('done' | 'failed' | 'cancelled')[]): string[] {
  const phases: string[] = [state.phase];
  let current: RunState | undefined = state;
  for (const type of events) {
    current = current && nextRunState(current, type === 'failed' ? { type, error } : { type });
    phases.push(current?.phase ?? 'nothing');
  }
  return phases;
}

describe('nextRunState', () => {
  it('goes through all eight working phases, then releases before it collects', () => {
    const phases = path(
      firstRunState,
      Array.from({ length: 10 }, () => 'done' as const),
    );
    expect(phases).toEqual([...workingPhases, 'releasing', 'collecting', 'ended']);
  });

  it.each(workingPhases)('releases the board at once when %s fails or is cancelled', (phase) => {
    expect(nextRunState({ phase }, { type: 'failed', error })).toEqual({
      phase: 'releasing',
      ending: { kind: 'failed', error },
    });
    expect(nextRunState({ phase }, { type: 'cancelled' })).toEqual({
      phase: 'releasing',
      ending: { kind: 'cancelled' },
    });
  });

  it('still collects when the release fails, and says that the board is not safe', () => {
    const next = nextRunState(
      { phase: 'releasing', ending: { kind: 'measured' } },
      { type: 'failed', error },
    );
    expect(next).toEqual({
      phase: 'collecting',
      ending: { kind: 'measured' },
      boardSafe: false,
    });
  });

  it('turns a measurement whose evidence could not be written into a failure', () => {
    const state: RunState = { phase: 'collecting', ending: { kind: 'measured' }, boardSafe: true };
    expect(nextRunState(state, { type: 'failed', error })).toEqual({
      phase: 'ended',
      ending: { kind: 'failed', error },
      boardSafe: true,
    });
  });

  it('keeps the first failure when collecting fails too', () => {
    const ending = { kind: 'cancelled' } as const;
    const next = nextRunState(
      { phase: 'collecting', ending, boardSafe: true },
      { type: 'failed', error },
    );
    expect(next).toEqual({ phase: 'ended', ending, boardSafe: true });
  });

  it('knows nothing after the end', () => {
    const ended: RunState = { phase: 'ended', ending: { kind: 'measured' }, boardSafe: true };
    expect(nextRunState(ended, { type: 'done' })).toBeUndefined();
  });
});
