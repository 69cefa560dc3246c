import type { RunSummary } from '#harness/contracts/records/job-record.ts';

import { element } from './element.ts';
import { progressAt, type LiveProgress } from './live-progress.ts';
import { noteText, word, type Texts } from './texts.ts';

function stepLine({ step, doneCount, totalCount, note }: LiveProgress, texts: Texts): Node[] {
  // Between two steps a board may be brought back: then there is a note and no count.
  if (step === '') return note === '' ? [] : [element('p', {}, noteText(texts, note))];
  const counts = totalCount > 0 ? `${doneCount} / ${totalCount}` : String(doneCount);
  const text = [word(texts, step), counts, noteText(texts, note)]
    .filter((part) => part !== '')
    .join(' · ');
  const line = element('p', {}, text);
  if (totalCount <= 0) return [line];
  const limits = { max: String(totalCount), value: String(doneCount), 'aria-label': text };
  return [line, element('progress', limits)];
}

function runCard(run: RunSummary, progress: LiveProgress, texts: Texts): HTMLElement {
  const what = [run.boardId, run.suiteId, word(texts, run.scenario), word(texts, run.mode)];
  return element(
    'div',
    { class: 'run' },
    element('p', { class: 'phase' }, word(texts, progress.phase)),
    element('p', {}, what.join(' · ')),
    ...stepLine(progress, texts),
    element('p', { class: 'quiet' }, run.runId),
  );
}

/** Open runs, each with its phase and the step it is at. */
export function runningSection(
  runs: readonly RunSummary[],
  progressByRun: ReadonlyMap<string, LiveProgress>,
  texts: Texts,
): Node[] {
  const title = element('h2', { id: 'running-title' }, texts.running);
  const open = runs.filter(({ outcome }) => outcome === 'open');
  if (open.length === 0) return [title, element('p', { class: 'quiet' }, texts.nothingRuns)];
  const cards = open.map((run) =>
    runCard(run, progressByRun.get(run.runId) ?? progressAt(run.phase), texts),
  );
  return [title, ...cards];
}
