/**
 * The serial protocol of tiny boards, as pure functions: lines to messages. Source: the protocol sheet
 * `mlperf-tiny.md`, sections 1.1 to 1.3. A message is taken only when the whole line fits; a line with one wrong
 * character is `other`, so that damage is never read as data.
 */

/** One line of a board. */
export type TinyMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'name'; readonly vendor: string }
  | { readonly kind: 'profile'; readonly firmware: string }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'mode'; readonly mode: 'performance' | 'energy' }
  | { readonly kind: 'init-done' }
  | { readonly kind: 'lap'; readonly microseconds: number }
  | { readonly kind: 'expecting'; readonly byteCount: number }
  | { readonly kind: 'load-done' }
  | { readonly kind: 'buffer'; readonly bytes: Uint8Array }
  | { readonly kind: 'oversize'; readonly byteCount: number; readonly limitBytes: number }
  | { readonly kind: 'warmup-start'; readonly count: number }
  | { readonly kind: 'warmup-done' }
  | { readonly kind: 'infer-start'; readonly count: number }
  | { readonly kind: 'infer-done' }
  | { readonly kind: 'input-mismatch'; readonly loaded: number; readonly expected: number }
  | { readonly kind: 'results'; readonly values: Float32Array }
  | { readonly kind: 'error'; readonly words: string }
  | { readonly kind: 'other'; readonly text: string };

const ready: TinyMessage = { kind: 'ready' };
const plainMessages: ReadonlyMap<string, TinyMessage> = new Map<string, TinyMessage>([
  ['m-load-done', { kind: 'load-done' }],
  ['m-warmup-done', { kind: 'warmup-done' }],
  ['m-infer-done', { kind: 'infer-done' }],
  ['m-init-done', { kind: 'init-done' }],
  ['m-timestamp-mode-performance', { kind: 'mode', mode: 'performance' }],
  ['m-timestamp-mode-energy', { kind: 'mode', mode: 'energy' }],
]);

const decimal = /^-?\d{1,12}(?:\.\d{1,12})?$/;
const threeDecimals = /^-?\d+\.\d{3}$/;
const isQuirkyOne = (text: string): boolean => text === '0.1000';

/**
 * The values of `m-results-[…]`, or undefined when one of them is no number. A trailing comma is accepted, and so
 * are integers and any number of decimals. A `0.1000` among values of exactly three decimals is 1: the reference
 * keyword firmware writes "0." before four digits there (sheet 1.3).
 *
 * @param list - what stands between the brackets
 */
export function parseResultValues(list: string): Float32Array | undefined {
  const texts = (list.endsWith(',') ? list.slice(0, -1) : list).split(',');
  if (!texts.every((text) => decimal.test(text))) return undefined;
  const quirk =
    texts.length > 1 &&
    texts.filter((text) => isQuirkyOne(text)).length === 1 &&
    texts.every((text) => isQuirkyOne(text) || threeDecimals.test(text));
  return Float32Array.from(texts, (text) => (quirk && isQuirkyOne(text) ? 1 : Number(text)));
}

const bufferLine = /^m-buffer(?:-[0-9a-fA-F]{2}){1,8}$/;

function parseBuffer(line: string): TinyMessage | undefined {
  if (!bufferLine.test(line)) return undefined;
  const hex = line.slice('m-buffer-'.length);
  const bytes = new Uint8Array((hex.length + 1) / 3);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(hex.slice(index * 3, index * 3 + 2), 16);
  }
  return { kind: 'buffer', bytes };
}

function parseResults(list: string): TinyMessage | undefined {
  const values = parseResultValues(list);
  return values === undefined ? undefined : { kind: 'results', values };
}

/** Lines that carry something: the pattern of the whole line and what its groups mean. */
const patterns: readonly (readonly [
  RegExp,
  (first: string, second: string) => TinyMessage | undefined,
])[] = [
  [/^m-lap-us-(\d{1,16})$/, (value) => ({ kind: 'lap', microseconds: Number(value) })],
  [/^m-infer-start-(\d{1,9})$/, (value) => ({ kind: 'infer-start', count: Number(value) })],
  [/^m-warmup-start-(\d{1,9})$/, (value) => ({ kind: 'warmup-start', count: Number(value) })],
  [/^m-results-\[([^[\]]*)\]$/, (list) => parseResults(list)],
  [
    /^m-\[Expecting (\d{1,9}) bytes\]$/,
    (value) => ({ kind: 'expecting', byteCount: Number(value) }),
  ],
  [/^m-name-dut-\[(.*)\]$/, (vendor) => ({ kind: 'name', vendor })],
  [/^m-profile-\[(.*)\]$/, (firmware) => ({ kind: 'profile', firmware })],
  [/^m-model-\[(.*)\]$/, (model) => ({ kind: 'model', model })],
  [/^e-(.+)$/, (words) => ({ kind: 'error', words })],
  [
    /^Supplied buffer size (\d{1,9}) exceeds maximum of (\d{1,9})$/,
    (size, limit) => ({ kind: 'oversize', byteCount: Number(size), limitBytes: Number(limit) }),
  ],
  [
    /Input db has (\d{1,9}) elemented, expected (\d{1,9})/,
    (loaded, expected) => ({
      kind: 'input-mismatch',
      loaded: Number(loaded),
      expected: Number(expected),
    }),
  ],
];

/**
 * One line as a message. Pure.
 *
 * @param line - without line end, CR and NUL
 */
export function parseTinyLine(line: string): TinyMessage {
  if (line === 'm-ready') return ready;
  if (line.startsWith('m-buffer-')) return parseBuffer(line) ?? { kind: 'other', text: line };
  const plain = plainMessages.get(line);
  if (plain !== undefined) return plain;
  for (const [pattern, build] of patterns) {
    const match = pattern.exec(line);
    const message = match === null ? undefined : build(match[1] ?? '', match[2] ?? '');
    if (message !== undefined) return message;
  }
  return { kind: 'other', text: line };
}
