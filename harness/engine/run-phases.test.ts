import { describe, expect, it } from 'vitest';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { runPhases, type PhaseDeadlinesMs, type RunSteps } from './run-phases.ts';

const deadlinesMs: PhaseDeadlinesMs = {
  securing: 5000,
  identifying: 5000,
  deploying: 5000,
  booting: 5000,
  probing: 5000,
  settling: 5000,
  measuring: 5000,
  verifying: 5000,
  releasing: 5000,
  collecting: 5000,
};

function recordingSteps(visited: string[], replace: Partial<RunSteps['work']> = {}): RunSteps {
  const visit = (name: string) => async (): Promise<void> => {
    visited.push(name);
  };
  return {
    work: {
      securing: visit('securing'),
      identifying: visit('identifying'),
      deploying: visit('deploying'),
      booting: visit('booting'),
      probing: visit('probing'),
      settling: visit('settling'),
      measuring: visit('measuring'),
      verifying: visit('verifying'),
      ...replace,
    },
    release: visit('releasing'),
    collect: visit('collecting'),
  };
}

const never = (signal: AbortSignal): Promise<void> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe('runPhases', () => {
  const base = { clock: systemClock(), onPhase: () => {}, windUpMs: 1000 };

  it('visits every phase once and records ten spans that touch in order', async () => {
    const visited: string[] = [];
    const steps = recordingSteps(visited);
    const result = await runPhases({
      ...base,
      steps,
      deadlinesMs,
      signal: new AbortController().signal,
    });
    expect(visited).toHaveLength(10);
    expect(result.state.ending).toEqual({ kind: 'measured' });
    expect(result.spans.map(({ phase }) => phase)).toEqual(visited);
    expect(result.spans.every((span) => span.endedAtNs >= span.startedAtNs)).toBe(true);
  });

  it('ends a phase that never returns at its deadline, then releases and collects', async () => {
    const visited: string[] = [];
    const steps = recordingSteps(visited, { probing: never });
    const result = await runPhases({
      ...base,
      steps,
      deadlinesMs: { ...deadlinesMs, probing: 20 },
      signal: new AbortController().signal,
    });
    expect(visited.slice(-2)).toEqual(['releasing', 'collecting']);
    expect(result.state.ending).toMatchObject({
      kind: 'failed',
      error: { code: 'run/phase-deadline', details: { phase: 'probing' } },
    });
  });

  it('goes on to release even when a step ignores its signal for ever', async () => {
    const visited: string[] = [];
    const deaf = (): Promise<void> => new Promise(() => {});
    const result = await runPhases({
      ...base,
      windUpMs: 10,
      steps: recordingSteps(visited, { booting: deaf }),
      deadlinesMs: { ...deadlinesMs, booting: 10 },
      signal: new AbortController().signal,
    });
    expect(visited).toContain('releasing');
    expect(result.state.ending.kind).toBe('failed');
  });

  it('releases and collects after a cancel in mid-measurement', async () => {
    const visited: string[] = [];
    const cancel = new AbortController();
    const measuring = (signal: AbortSignal): Promise<void> => {
      cancel.abort();
      return never(signal);
    };
    const result = await runPhases({
      ...base,
      steps: recordingSteps(visited, { measuring }),
      deadlinesMs,
      signal: cancel.signal,
    });
    expect(visited.slice(-2)).toEqual(['releasing', 'collecting']);
    expect(result.state.ending).toEqual({ kind: 'cancelled' });
  });

  it('keeps the code of a failure and skips the phases after it', async () => {
    const visited: string[] = [];
    const identifying = async (): Promise<void> => {
      throw labError('dut/no-answer', 'nobody there');
    };
    const result = await runPhases({
      ...base,
      steps: recordingSteps(visited, { identifying }),
      deadlinesMs,
      signal: new AbortController().signal,
    });
    expect(visited).toEqual(['securing', 'releasing', 'collecting']);
    expect(result.state.ending).toMatchObject({ kind: 'failed', error: { code: 'dut/no-answer' } });
  });
});
