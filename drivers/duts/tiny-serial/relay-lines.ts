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
  /** A byte of the line, or of the command that it repeats, has changed on the way. */
  readonly isDamaged?: boolean;
}

const dutPrefix = '[dut]: ';
const ready = 'm-ready';
/** What nearly every line of a board begins with. */
const messageStart = /^[me]-/;

/** Stands for the reply of a board that never got the command; boards begin refusals with `e-`, too. */
const notTaken = 'e-[the IO manager did not take the command]';

/** Length of the text at the start of `line` that is the prefix but for one character wrong, lost or doubled. */
function damagedPrefixLength(line: string): number | undefined {
  let same = 0;
  while (same < dutPrefix.length && line[same] === dutPrefix[same]) same += 1;
  const { length } = dutPrefix;
  const possible = [
    ...(line.startsWith(dutPrefix.slice(same), same + 1) ? [length + 1] : []),
    ...(line.startsWith(dutPrefix.slice(same + 1), same + 1) ? [length] : []),
    ...(line.startsWith(dutPrefix.slice(same + 1), same) ? [length - 1] : []),
  ];
  return possible.find((end) => messageStart.test(line.slice(end))) ?? possible[0];
}

function fromBoard({ phase }: RelayState, line: string): RelayStep {
  const isFirst = phase === 'sent' || phase === 'repeated';
  const passed = isFirst ? 'passed' : phase;
  return { phase: line === ready ? 'idle' : passed, lines: [line] };
}

/** A line without prefix that is no `m-ready`. */
function plainLine({ phase, command }: RelayState, line: string): RelayStep {
  // A word that the IO manager does not know brings no line at all: this is the command, repeated.
  if (phase === 'sent') {
    return { phase: 'repeated', lines: [], isDamaged: line !== `m-dut-passthrough(${command})` };
  }
  // The same of a half-received command that a flush has ended.
  if (line.startsWith('m-dut-passthrough(')) return { phase, lines: [] };
  return { phase, lines: [line] };
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
 * without any word of its own. Where the repeated command is another than the one sent, the damage may have come on
 * the way back as well: the board's reply is passed on, and `isDamaged` says that it must be checked. Pure.
 *
 * @param line - without line end, CR and NUL
 */
export function relayLine(state: RelayState, line: string): RelayStep {
  if (line.startsWith(`${dutPrefix} `)) {
    return { ...fromBoard(state, line.slice(dutPrefix.length + 1)), isDamaged: true };
  }
  if (line.startsWith(dutPrefix)) return fromBoard(state, line.slice(dutPrefix.length));
  if (line === ready) return plainReady(state);
  const prefixLength = state.phase === 'idle' ? undefined : damagedPrefixLength(line);
  if (prefixLength === undefined) return plainLine(state, line);
  return { ...fromBoard(state, line.slice(prefixLength)), isDamaged: true };
}
