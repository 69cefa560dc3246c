import type { LabEvent } from '#harness/contracts/lab-event.ts';

import { askDaemon } from './ask-daemon.ts';
import { boardSection } from './board-section.ts';
import { byId, element, replaceKeepingFocus } from './element.ts';
import { followEvents } from './event-feed.ts';
import { jobForm } from './job-form.ts';
import { fetchSnapshot, type LabSnapshot } from './lab-snapshot.ts';
import { nextProgress, progressAt, type LiveProgress } from './live-progress.ts';
import { queueSection } from './queue-section.ts';
import { resultsSection } from './results-section.ts';
import { runningSection } from './running-section.ts';
import { isLanguage, languages, type Language, type Texts } from './texts.ts';

const refreshPauseMs = 200;
const retryPauseMs = 3000;
const languageKey = 'assay-language';

/** The language chosen before, else the browser's, else English. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem(languageKey);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.some((tag) => tag.startsWith('zh')) ? 'zh-TW' : 'en';
}

let language = firstLanguage();
let snapshot: LabSnapshot | undefined;
let isConnected = false;
let refreshTimer: ReturnType<typeof setTimeout> | undefined;
const progressByRun = new Map<string, LiveProgress>();

const texts = (): Texts => languages[language];

function showConnection(): void {
  const banner = byId('banner');
  banner.textContent = texts().reconnecting;
  banner.hidden = isConnected || snapshot === undefined;
  byId('connection').textContent = isConnected ? `● ${texts().live}` : texts().connecting;
  document.querySelector('main')?.classList.toggle('stale', !banner.hidden);
}

function showRunning(): void {
  if (snapshot === undefined) return;
  byId('running').replaceChildren(...runningSection(snapshot.runs, progressByRun, texts()));
}

/** The form is made anew only when its choices or its language changed: nobody's choice is lost to an event. */
let shownForm = '';
function showForm(shown: LabSnapshot): void {
  const boards = shown.boards.map(({ boardId, name }) => [boardId, name]);
  const form = JSON.stringify([language, shown.suites, boards]);
  if (form === shownForm) return;
  shownForm = form;
  replaceKeepingFocus(byId('new-run'), ...jobForm(shown, texts()));
}

function cancelJob(jobId: string): void {
  askDaemon(`/api/jobs/${encodeURIComponent(jobId)}/cancel`, {})
    .catch(() => undefined)
    .finally(refreshSoon);
}

function show(): void {
  document.documentElement.lang = language;
  byId('language-label').textContent = texts().language;
  showConnection();
  if (snapshot === undefined) {
    byId('boards').replaceChildren(element('p', { class: 'quiet' }, texts().loading));
    return;
  }
  const { labName, version, boards, queue, runs } = snapshot;
  document.title = `${labName} · Assay`;
  byId('lab-name').textContent = labName;
  byId('lab-name').title = `Assay ${version}`;
  byId('boards').replaceChildren(...boardSection(boards, texts()));
  showRunning();
  showForm(snapshot);
  replaceKeepingFocus(byId('queue'), ...queueSection(queue, texts(), cancelJob));
  replaceKeepingFocus(byId('results'), ...resultsSection(runs, texts(), language));
}

async function refresh(): Promise<void> {
  refreshTimer = undefined;
  const fresh = await fetchSnapshot().catch(() => undefined);
  if (fresh === undefined) {
    // The banner tells of a lost connection; a daemon that is only slow is asked again.
    refreshTimer ??= setTimeout(() => void refresh(), retryPauseMs);
    return;
  }
  snapshot = fresh;
  show();
}

/** One reading for many events. */
function refreshSoon(): void {
  refreshTimer ??= setTimeout(() => void refresh(), refreshPauseMs);
}

function takeEvent(event: LabEvent): void {
  if (event.type !== 'run-event') {
    refreshSoon();
    return;
  }
  const before = progressByRun.get(event.runId) ?? progressAt('');
  progressByRun.set(event.runId, nextProgress(before, event.event));
  if (event.event.type === 'ended') progressByRun.delete(event.runId);
  showRunning();
}

function setConnected(connected: boolean): void {
  isConnected = connected;
  showConnection();
  if (connected) refreshSoon();
}

const languageSwitch = byId('language');
if (languageSwitch instanceof HTMLSelectElement) {
  languageSwitch.value = language;
  languageSwitch.addEventListener('change', () => {
    if (!isLanguage(languageSwitch.value)) return;
    language = languageSwitch.value;
    localStorage.setItem(languageKey, language);
    show();
  });
}

show();
followEvents({
  onEvent: takeEvent,
  onOpen: () => setConnected(true),
  onLost: () => setConnected(false),
});
