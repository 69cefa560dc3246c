/**
 * What an IO manager says while it passes commands on to a board, as pure functions. Source: the protocol sheet
 * `mlperf-tiny.md`, section 1.5.
 */

/** The two generations of IO managers. */
export type IoManagerGeneration = 'arduino' | 'stm32';

/** How far the command that was passed on last has come. */
export type RelayPhase =
  /** Nothing is outstanding. */
  | 'idle'
  /** Sent; the IO manager has not shown yet that it took it. */
  | 'sent'
  /** It has repeated the command; its own `m-ready` is due. */
  | 'repeated'
  /** With the board. */
  | 'passed';

/** Where the relay stands. */
export interface RelayState {
  readonly generation: IoManagerGeneration;
  readonly phase: RelayPhase;
  /** The command that was sent last, without its terminator. */
  readonly command: string;
}

/** What one line means. */
export interface RelayStep {
  readonly phase: RelayPhase;
  /** Lines of the board, and refusals put in the place of its reply. */
  readonly lines: readonly string[];
}

const dutPrefix = '[dut]: ';
const ready = 'm-ready';
const repeated = /^m-dut-passthrough\((.*)\)$/;

/** Stands for the reply of a board that never got the command; boards begin refusals with `e-`, too. */
const notTaken = 'e-[the IO manager did not take the command]';
const otherTaken = 'e-[the IO manager passed on another command]';

function fromBoard(phase: RelayPhase, line: string): RelayStep {
  return { phase: line === ready ? 'idle' : phase, lines: [line] };
}

/** An `m-ready` without prefix: the IO manager's own, or the end of a board's line that holds a bare LF. */
function plainReady({ generation, phase }: RelayState): RelayStep {
  switch (phase) {
    case 'idle':
      return { phase, lines: [] };
    case 'repeated':
      return { phase: 'passed', lines: [] };
    case 'passed':
      return { phase: 'idle', lines: [ready] };
    case 'sent':
      return { phase: 'idle', lines: generation === 'stm32' ? [notTaken, ready] : [ready] };
  }
}

/**
 * Takes one line of the IO manager. Its acknowledgement is checked and hidden, the prefix of the board's lines is
 * taken off; what is neither is passed on as it came, since a board's line may hold a bare LF. The Arduino may relay
 * without any word of its own. Pure.
 *
 * @param line - without line end, CR and NUL
 */
export function relayLine(state: RelayState, line: string): RelayStep {
  const { phase, command } = state;
  if (line.startsWith(dutPrefix)) {
    const isFirst = phase === 'sent' || phase === 'repeated';
    return fromBoard(isFirst ? 'passed' : phase, line.slice(dutPrefix.length));
  }
  if (line === ready) return plainReady(state);
  const repeatedCommand = repeated.exec(line)?.[1];
  if (repeatedCommand === undefined) return { phase, lines: [line] };
  // One that nobody waits for belongs to a half-received command that a flush has ended.
  if (phase !== 'sent') return { phase, lines: [] };
  return { phase: 'repeated', lines: repeatedCommand === command ? [] : [otherTaken] };
}
