import type { RunSummary } from '#harness/contracts/records/job-record.ts';
import type { Verdict } from '#harness/contracts/records/run-record.ts';

import { dataTable, type DataColumn } from './data-table.ts';
import { element } from './element.ts';
import { keyResultParts } from './key-result.ts';
import { millisecondsText, numberText, percentText } from './number-text.ts';
import { fill, word, type Texts } from './texts.ts';

/** A sign beside the word, for those who do not see the colour. */
const signs: Readonly<Record<Verdict, readonly [sign: string, tone: string]>> = {
  none: ['', 'quiet'],
  pass: ['✓', 'good'],
  marginal: ['≈', 'warn'],
  inconclusive: ['?', 'warn'],
  fail: ['✗', 'bad'],
  aborted: ['■', 'quiet'],
  error: ['!', 'bad'],
};

function verdictCell(run: RunSummary, texts: Texts): Node[] {
  const [sign, tone] = signs[run.verdict];
  const text = `${sign} ${word(texts, run.verdict)}`.trim();
  const verdict = element('span', { class: `verdict ${tone}` }, text);
  if (run.error === null) return [verdict];
  const { code, message, remedy } = run.error;
  return [verdict, element('div', { class: 'quiet', title: message }, `${code}: ${remedy}`)];
}

function evidenceCell(run: RunSummary, texts: Texts): (Node | string)[] {
  const base = `/api/runs/${encodeURIComponent(run.runId)}`;
  const link = (path: string, text: string): HTMLElement =>
    element(
      'a',
      { href: `${base}/${path}`, target: '_blank', rel: 'noopener', 'data-key': base + path },
      text,
    );
  const links: Node[] = [];
  if (run.reportPath !== null) links.push(link('report', texts.report));
  if (run.recordSha256 !== null) links.push(link('files/record.json', texts.record));
  return links.length === 0 ? [texts.none] : links;
}

function keyResultCell(run: RunSummary, texts: Texts): (Node | string)[] {
  const parts = keyResultParts(run, texts);
  if (parts.length === 0) return [texts.none];
  return parts.map((part) => element('div', { class: 'whole' }, part));
}

function measuredColumns(texts: Texts): readonly DataColumn<RunSummary>[] {
  const number = (
    title: string,
    text: (results: NonNullable<RunSummary['results']>) => string,
  ): DataColumn<RunSummary> => ({
    title,
    isNumber: true,
    cell: ({ results }) => [results === null ? texts.none : text(results)],
  });
  return [
    number(texts.accuracy, ({ accuracy }) => percentText(accuracy?.value)),
    number('p50 ms', ({ latency }) => millisecondsText(latency?.p50Ns)),
    number('p90 ms', ({ latency }) => millisecondsText(latency?.p90Ns)),
    number('p99 ms', ({ latency }) => millisecondsText(latency?.p99Ns)),
    number(texts.throughput, ({ throughput }) => numberText(throughput?.samplesPerSecond)),
    number(texts.energy, ({ energy }) => numberText(energy?.microjoulesPerInference)),
  ];
}

function columnsOf(texts: Texts, dates: Intl.DateTimeFormat): readonly DataColumn<RunSummary>[] {
  return [
    { title: texts.started, cell: ({ startedAtMs }) => [dates.format(startedAtMs)] },
    { title: texts.suite, cell: ({ suiteId }) => [suiteId] },
    {
      title: texts.board,
      cell: ({ boardId, attempt }) =>
        attempt === 1
          ? [boardId]
          : [boardId, ` (${fill(texts.attempt, { number: String(attempt) })})`],
    },
    {
      title: texts.scenario,
      cell: ({ scenario }) => [element('span', { class: 'whole' }, word(texts, scenario))],
    },
    { title: texts.keyResult, cell: (run) => keyResultCell(run, texts) },
    ...measuredColumns(texts),
    { title: texts.verdict, cell: (run) => verdictCell(run, texts) },
    { title: texts.evidence, cell: (run) => evidenceCell(run, texts) },
  ];
}

/** Ended runs with what they measured, the verdict in words, and links to the evidence. */
export function resultsSection(
  runs: readonly RunSummary[],
  texts: Texts,
  language: string,
): Node[] {
  const title = element('h2', { id: 'results-title' }, texts.results);
  const ended = runs.filter(({ outcome }) => outcome !== 'open');
  if (ended.length === 0) return [title, element('p', { class: 'quiet' }, texts.noResults)];
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' });
  return [title, dataTable('results-title', columnsOf(texts, dates), ended)];
}
