import type { ErrorRecord } from '#harness/contracts/error-record.ts';

/** The phases that prepare and measure, in this order. */
export const workingPhases = [
  'securing',
  'identifying',
  'deploying',
  'booting',
  'probing',
  'settling',
  'measuring',
  'verifying',
] as const;

/** A phase that prepares or measures. */
export type WorkingPhase = (typeof workingPhases)[number];

/** How the work ended, before release and collection had their say. */
export type WorkEnding =
  | { readonly kind: 'measured' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'cancelled' };

/** Where a run stands; each phase holds only what is true in it. Release comes first, whatever happened before. */
export type RunState =
  | { readonly phase: WorkingPhase }
  | { readonly phase: 'releasing'; readonly ending: WorkEnding }
  | { readonly phase: 'collecting'; readonly ending: WorkEnding; readonly boardSafe: boolean }
  | { readonly phase: 'ended'; readonly ending: WorkEnding; readonly boardSafe: boolean };

/** What happened to the phase that was entered last. */
export type RunStateEvent =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | { readonly type: 'cancelled' };

/** The state in which every run begins. */
export const firstRunState: RunState = { phase: 'securing' };

function endingOf(event: RunStateEvent): WorkEnding {
  switch (event.type) {
    case 'done':
      return { kind: 'measured' };
    case 'failed':
      return { kind: 'failed', error: event.error };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}

function afterWork(phase: WorkingPhase, event: RunStateEvent): RunState {
  const next = workingPhases[workingPhases.indexOf(phase) + 1];
  return event.type === 'done' && next !== undefined
    ? { phase: next }
    : { phase: 'releasing', ending: endingOf(event) };
}

/** A measurement without evidence is no measurement; an earlier failure stays the reason. */
function afterCollecting(ending: WorkEnding, event: RunStateEvent): WorkEnding {
  return event.type === 'failed' && ending.kind === 'measured' ? endingOf(event) : ending;
}

/** The next state, or undefined when the run has ended and nothing can follow. Pure. */
export function nextRunState(state: RunState, event: RunStateEvent): RunState | undefined {
  switch (state.phase) {
    case 'releasing':
      return { phase: 'collecting', ending: state.ending, boardSafe: event.type === 'done' };
    case 'collecting': {
      const ending = afterCollecting(state.ending, event);
      return { phase: 'ended', ending, boardSafe: state.boardSafe };
    }
    case 'ended':
      return undefined;
    case 'securing':
    case 'identifying':
    case 'deploying':
    case 'booting':
    case 'probing':
    case 'settling':
    case 'measuring':
    case 'verifying':
      return afterWork(state.phase, event);
  }
}
