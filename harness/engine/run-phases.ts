import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { PhaseSpan } from '#harness/contracts/records/run-record.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { isDeadline, raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

import {
  firstRunState,
  nextRunState,
  type RunState,
  type RunStateEvent,
  type WorkingPhase,
} from './run-state.ts';

/** What the interpreter does in each phase. Each takes the signal that ends it. */
export interface RunSteps {
  readonly work: Readonly<Record<WorkingPhase, (signal: AbortSignal) => Promise<void>>>;
  /** Ends in a verified safe state, or throws. */
  readonly release: (signal: AbortSignal) => Promise<void>;
  /** Derives, judges, seals. Knows how the work ended and which phases it went through. */
  readonly collect: (
    state: Extract<RunState, { phase: 'collecting' }>,
    spans: readonly PhaseSpan[],
    signal: AbortSignal,
  ) => Promise<void>;
}

/** The longest that each phase may take, in milliseconds. */
export type PhaseDeadlinesMs = Readonly<Record<WorkingPhase | 'releasing' | 'collecting', number>>;

/** Everything that `runPhases` needs from outside. */
export interface RunPhasesRequest {
  readonly steps: RunSteps;
  readonly deadlinesMs: PhaseDeadlinesMs;
  readonly clock: Clock;
  /** Called before each phase with its deadline. */
  readonly onPhase: (phase: RunState['phase'], deadlineMs: number) => void;
  /** Cancels the work; release and collection still happen. */
  readonly signal: AbortSignal;
  /** How long a step may take to wind up once its signal has aborted. */
  readonly windUpMs: number;
}

/** How the run ended and the phases that it went through. */
export interface RunPhasesResult {
  readonly state: Extract<RunState, { phase: 'ended' }>;
  readonly spans: readonly PhaseSpan[];
}

/** Waits for a step that was told to stop, but not for ever. */
async function windUp(step: Promise<void>, request: RunPhasesRequest): Promise<void> {
  try {
    await raceSignal(step, AbortSignal.timeout(request.windUpMs));
  } catch {
    // The step's own failure was reported already, or it ignored its signal: either way the run goes on to release.
  }
}

async function attemptStep(
  phase: keyof PhaseDeadlinesMs,
  step: (signal: AbortSignal) => Promise<void>,
  request: RunPhasesRequest,
): Promise<RunStateEvent> {
  const deadlineMs = request.deadlinesMs[phase];
  const isCancellable = phase !== 'releasing' && phase !== 'collecting';
  const signal = withDeadline(deadlineMs, isCancellable ? request.signal : undefined);
  if (signal.aborted) return { type: 'cancelled' };
  const running = step(signal);
  try {
    await raceSignal(running, signal);
    return { type: 'done' };
  } catch (error) {
    await windUp(running, request);
    if (isCancellable && request.signal.aborted) return { type: 'cancelled' };
    const isLate = signal.aborted && isDeadline(error);
    const message = `phase ${phase} was not done after its deadline of ${deadlineMs} ms`;
    const reason = isLate ? labError('run/phase-deadline', message, { details: { phase } }) : error;
    return { type: 'failed', error: errorRecord(reason) };
  }
}

function stepOf(
  state: Exclude<RunState, { phase: 'ended' }>,
  spans: readonly PhaseSpan[],
  steps: RunSteps,
): (signal: AbortSignal) => Promise<void> {
  switch (state.phase) {
    case 'releasing':
      return steps.release;
    case 'collecting':
      return (signal) => steps.collect(state, spans, signal);
    case 'securing':
    case 'identifying':
    case 'deploying':
    case 'booting':
    case 'probing':
    case 'settling':
    case 'measuring':
    case 'verifying':
      return steps.work[state.phase];
  }
}

/**
 * Interprets the run's states: enters each phase, bounds it, and always ends through release and collection.
 * Never rejects: what went wrong is in the state.
 */
export async function runPhases(request: RunPhasesRequest): Promise<RunPhasesResult> {
  const spans: PhaseSpan[] = [];
  let state: RunState = firstRunState;
  while (state.phase !== 'ended') {
    const startedAtNs = request.clock.nowNs();
    request.onPhase(state.phase, request.deadlinesMs[state.phase]);
    const event = await attemptStep(state.phase, stepOf(state, spans, request.steps), request);
    spans.push({ phase: state.phase, startedAtNs, endedAtNs: request.clock.nowNs() });
    const next: RunState | undefined = nextRunState(state, event);
    if (next === undefined) break;
    state = next;
  }
  if (state.phase !== 'ended') throw new Error('a run can only end ended');
  return { state, spans };
}
