/**
 * What the interface board and the device behind it answer, as pure functions over whole lines. Source: the protocol
 * sheet `mlperf-tiny.md`, sections 1.5 b and 1.6. A list counts only when every line of it fits: a damaged one is
 * undefined, so that damage is never read as data.
 */

/** What the interface board calls itself. */
export const interfaceBoardName = 'tinyML Enhanced Interface Board';

const dutPrefix = '[dut]: ';
const readyLine = 'm-ready';
/** The recorder keeps so many at most. */
const detectionCountMax = 10_000;
const frameCountMax = 100;
/** Ticks of the recorder's timer are ten microseconds. */
const nsPerTick = 10_000;

/** A line of the device without its prefix; undefined for a line of the interface board itself. */
export function dutLine(line: string): string | undefined {
  return line.startsWith(dutPrefix) ? line.slice(dutPrefix.length) : undefined;
}

/**
 * Whether a line ends a reply, and what else stands in it: after a list whose last line is not full `m-ready` follows on
 * the same line.
 *
 * @returns undefined when it does not end the reply
 */
export function endOfReply(line: string): { readonly before: string } | undefined {
  if (line === readyLine || dutLine(line) === readyLine) return { before: '' };
  const [, numbers] = /^((?:\d{1,10}, ?)+)m-ready$/.exec(line) ?? [];
  return numbers === undefined ? undefined : { before: numbers };
}

/** Whole numbers, ascending, of lines `N, N, …`; undefined when one of them is anything else. */
function ascendingNumbers(lines: readonly string[], countMax: number): number[] | undefined {
  if (!lines.every((line) => /^(?:\d{1,10},? *)+$/.test(line))) return undefined;
  const values = lines.flatMap((line) => (line.match(/\d+/g) ?? []).map(Number));
  const isAscending = values.every(
    (value, index) => index === 0 || value >= (values[index - 1] ?? 0),
  );
  return isAscending && values.length <= countMax ? values : undefined;
}

/** `print_detections`: milliseconds of the recorder's timer. */
export function parseDetections(lines: readonly string[]): number[] | undefined {
  const [head, ...list] = lines;
  if (head !== 'Detection Timestamps (ms)') return undefined;
  if (!list.every((line) => /^\d{1,10},$/.test(line))) return undefined;
  return ascendingNumbers(list, detectionCountMax);
}

/** Frames of `print_dutycycle`, in nanoseconds of the recorder's timer. */
export interface FrameTimes {
  readonly startsNs: readonly number[];
  readonly stopsNs: readonly number[];
}

function inNs(ticks: readonly number[]): number[] {
  return ticks.map((tick) => tick * nsPerTick);
}

/** `print_dutycycle`: two lists of ticks. */
export function parseDutyCycle(lines: readonly string[]): FrameTimes | undefined {
  const [head, ...rest] = lines;
  const middle = rest.indexOf('Duty cycle stop times (s)');
  if (head !== 'Duty cycle start times (s)' || middle < 0) return undefined;
  const starts = ascendingNumbers(rest.slice(0, middle), frameCountMax);
  const stops = ascendingNumbers(rest.slice(middle + 1), frameCountMax);
  if (starts === undefined || stops === undefined) return undefined;
  return { startsNs: inNs(starts), stopsNs: inNs(stops) };
}

/** The int8 list behind `target activations:`; undefined when there is none, or a value is none. */
export function parseActivations(lines: readonly string[]): number[] | undefined {
  const [, list] = /target activations:\s*\[([-\d,\s]*)\]/.exec(lines.join('\n')) ?? [];
  if (list === undefined) return undefined;
  const texts = list.split(',').map((text) => text.trim());
  if (texts.at(-1) === '') texts.pop();
  const values = texts.map((text) => (/^-?\d{1,3}$/.test(text) ? Number(text) : Number.NaN));
  return values.every((value) => value >= -128 && value <= 127) ? values : undefined;
}

/** What a device said about itself in a whole reply. */
export interface DutWords {
  readonly vendor: string | undefined;
  readonly firmware: string | undefined;
  readonly model: string | undefined;
}

/** Name and profile lines of a reply. */
export function parseWords(lines: readonly string[]): DutWords {
  const first = (pattern: RegExp): string | undefined =>
    lines.map((line) => pattern.exec(line)?.[1]).find((text) => text !== undefined);
  return {
    vendor: first(/^m-name-dut-\[([^[\]]*)\]$/),
    firmware: first(/^m-profile-\[([^[\]]*)\]$/),
    model: first(/^m-model-\[([^[\]]*)\]$/),
  };
}

/** Whether lines of a device tell that it has booted. */
export function tellsOfBoot(lines: readonly string[]): boolean {
  return lines.some((line) => /^m-(?:init-done|timestamp-mode-)/.test(line));
}
