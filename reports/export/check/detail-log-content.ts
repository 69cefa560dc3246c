/** One marked line of a detail log. */
export interface MarkedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly key: string;
  readonly value: unknown;
  /** The value as it stands there: seeds are longer than a number can hold. */
  readonly valueText: string;
  /** Absent when it is no number. */
  readonly atMs?: number;
  readonly isError: boolean;
}

/** A marked line that cannot be used. */
interface BrokenLine {
  readonly line: number;
  readonly problem: 'json' | 'shape';
}

/** What a detail log says. */
export interface DetailLogContent {
  readonly firstLineMarked: boolean;
  readonly lines: readonly MarkedLine[];
  readonly broken: readonly BrokenLine[];
  /** The first line of a key. */
  readonly find: (key: string) => MarkedLine | undefined;
  /** The number of a key; NaN when it is none; undefined without the key. */
  readonly number: (key: string) => number | undefined;
}

const marker = ':::MLLOG';
const numberTexts: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['-nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);
const notFinite = /("value"\s*:\s*)(-?(?:nan|inf|infinity))(?=\s*[,}])/i;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The line's object; numbers that JSON does not have, and some writers write, are read as what they mean. */
function parsed(text: string): { readonly value: unknown; readonly strict: boolean } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value, strict: true };
  } catch {
    // Not JSON: reported by the caller, read leniently for the other checks.
  }
  try {
    const value: unknown = JSON.parse(text.replace(notFinite, '$1"$2"'));
    return { value, strict: false };
  } catch {
    return undefined;
  }
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  return numberTexts.get(value.toLowerCase()) ?? Number.NaN;
}

function markedLine(text: string, line: number): MarkedLine | BrokenLine {
  const json = text.slice(text.indexOf(marker) + marker.length).trim();
  const found = parsed(json);
  if (found === undefined || !isRecord(found.value)) return { line, problem: 'json' };
  const { key, value, time_ms: atMs, metadata } = found.value;
  if (typeof key !== 'string' || value === undefined || !isRecord(metadata))
    return { line, problem: 'shape' };
  return {
    line,
    key,
    value,
    valueText: /"value"\s*:\s*([^,}\s]+)/.exec(json)?.[1] ?? '',
    ...(typeof atMs === 'number' ? { atMs } : {}),
    isError: metadata['is_error'] === true,
  };
}

/** Which marked lines are no JSON, though a lenient reader takes them. */
function lenientLines(texts: readonly string[]): BrokenLine[] {
  return texts.flatMap((text, index) => {
    if (!text.includes(marker)) return [];
    const found = parsed(text.slice(text.indexOf(marker) + marker.length).trim());
    return found?.strict === false ? [{ line: index + 1, problem: 'json' }] : [];
  });
}

/** Reads a detail log. Pure. */
export function parseDetailLog(text: string): DetailLogContent {
  const texts = text.split('\n');
  const lines: MarkedLine[] = [];
  const broken: BrokenLine[] = lenientLines(texts);
  for (const [index, lineText] of texts.entries()) {
    if (!lineText.includes(marker)) continue;
    const line = markedLine(lineText, index + 1);
    if ('problem' in line) broken.push(line);
    else lines.push(line);
  }
  const find = (key: string): MarkedLine | undefined => lines.find((line) => line.key === key);
  return {
    firstLineMarked: texts[0]?.startsWith(marker) === true,
    lines,
    broken,
    find,
    number: (key) => {
      const line = find(key);
      return line === undefined ? undefined : numberOf(line.value);
    },
  };
}
