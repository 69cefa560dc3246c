/** One line of the analyzer, told apart. */
export type Lpm01aMessage =
  | { readonly type: 'blank' }
  /** `ack volt 3300m`: command word and what follows it. */
  | { readonly type: 'ack'; readonly command: string; readonly detail: string }
  /** `error volt`; a line with the details follows. */
  | { readonly type: 'refused'; readonly command: string }
  | { readonly type: 'error-detail'; readonly words: string }
  /** Energy of one sample period in joules. */
  | { readonly type: 'sample'; readonly joules: number }
  /** Time of the analyzer since `start`, and how full its buffer is. */
  | { readonly type: 'time-stamp'; readonly atMs: number; readonly bufferPercent: number }
  /** An edge on the event input, with the analyzer's two-digit count. */
  | { readonly type: 'event'; readonly count: number }
  /** The stream ended. */
  | { readonly type: 'end' }
  | { readonly type: 'completed' }
  /** The analyzer complains in mid-stream. */
  | { readonly type: 'fault'; readonly overcurrent: boolean; readonly words: string }
  /** Anything else: banners, answers on lines of their own, noise. */
  | { readonly type: 'text'; readonly words: string };

/** Sampling rates that the analyzer knows and can send as ASCII without a time limit, in hertz. */
export const asciiSampleRatesHz = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] as const;

/** No line of the analyzer comes near this; more without a line end is no analyzer. */
export const lineBytesMax = 256;

/** A damaged sample is no longer than two whole ones whose line end was lost. */
const tornCharactersMax = 16;

/** A command as it goes on the wire. */
export function commandBytes(command: string): Uint8Array {
  return Buffer.from(`${command}\r\n`, 'latin1');
}

/** The argument of `freq`: `500`, `1k`. */
export function frequencyText(sampleRateHz: number): string {
  return sampleRateHz >= 1000 ? `${sampleRateHz / 1000}k` : `${sampleRateHz}`;
}

/** The argument of `volt`: whole millivolts, `1800m` to `3300m`. */
export function voltageText(supplyVolts: number): string {
  return `${Math.round(supplyVolts * 1000)}m`;
}

/**
 * What must be set before `start`, in the order of the sheet; the voltage twice, as there.
 *
 * @see protocol sheet "mlperf-tiny", section 3
 */
export function configurationCommands(settings: {
  readonly supplyVolts: number;
  readonly sampleRateHz: number;
}): readonly string[] {
  const voltage = `volt ${voltageText(settings.supplyVolts)}`;
  return [
    'lcd 1 "      Assay     "',
    'lcd 2 "    measuring   "',
    'pwr off',
    'acqtime inf',
    'trigdelay 0',
    'trigsrc sw',
    'eventsrc d7 fal',
    'output energy',
    'format ascii_dec',
    `freq ${frequencyText(settings.sampleRateHz)}`,
    voltage,
    voltage,
    'pwr on nostatus',
  ];
}

/**
 * Tells one line apart. Total: any text gives a message.
 *
 * @param line - without its line end; NULs and the prompt, which comes without a line end, may precede
 */
export function parseLine(line: string): Lpm01aMessage {
  const words = line
    .replaceAll('\0', '')
    .replace(/^(?:PowerShield > ?)+/, '')
    .trim();
  if (words === '') return { type: 'blank' };
  return parseSample(words) ?? parseStreamLine(words) ?? parseReply(words) ?? parseRest(words);
}

/** `DDDD[+-]EE` = DDDD·10^±EE; exactly four digits, since a lost one would be a number ten times too small. */
function parseSample(words: string): Lpm01aMessage | undefined {
  const match = /^(\d{4})([+-]\d{2})$/.exec(words);
  if (match === null) return undefined;
  return { type: 'sample', joules: Number(`${match[1]}e${match[2]}`) };
}

function parseStreamLine(words: string): Lpm01aMessage | undefined {
  if (words === 'end') return { type: 'end' };
  if (words === 'Acquisition completed') return { type: 'completed' };
  const stamp = /^[<>]? ?TimeStamp: (\d{3,})s (\d{3})ms, buff (\d{2,3})%$/.exec(words);
  if (stamp !== null) {
    const atMs = Number(stamp[1]) * 1000 + Number(stamp[2]);
    return { type: 'time-stamp', atMs, bufferPercent: Number(stamp[3]) };
  }
  const event = /^[<>]? ?event (\d+) (?:ris|fal)$/.exec(words);
  return event === null ? undefined : { type: 'event', count: Number(event[1]) };
}

function parseReply(words: string): Lpm01aMessage | undefined {
  const ack = /^ack (\S+) ?(.*)$/.exec(words);
  if (ack !== null) return { type: 'ack', command: ack[1] ?? '', detail: ack[2] ?? '' };
  const detail = /^Error detail: ?(.*)$/i.exec(words);
  if (detail !== null) return { type: 'error-detail', words: detail[1] ?? '' };
  const refused = /^error ([a-z]\S*)/.exec(words);
  return refused === null ? undefined : { type: 'refused', command: refused[1] ?? '' };
}

function parseRest(words: string): Lpm01aMessage {
  const overcurrent = /over[ -]?current/i.test(words);
  if (overcurrent || /^error:/i.test(words)) return { type: 'fault', overcurrent, words };
  return { type: 'text', words };
}

/** Whether a line that nothing else explains was a sample before the wire tore it; only asked inside a stream. */
export function isTornSample(words: string): boolean {
  return words.length <= tornCharactersMax && !/[A-Za-z]{2}/.test(words);
}

/** What a question was answered with, without a label before it: `PowerShield present: 0038001F` gives `0038001F`. */
export function answerValue(words: string): string {
  return words.replace(/^.*: */, '').trim();
}
