import { askDaemon, Refusal } from './ask-daemon.ts';
import { element } from './element.ts';
import type { LabSnapshot } from './lab-snapshot.ts';
import { fill, word, type Texts } from './texts.ts';

/** One choice of the form. */
interface Choice {
  readonly value: string;
  readonly text: string;
}

function field(name: string, label: string, choices: readonly Choice[]): HTMLElement {
  const options = choices.map(({ value, text }) => element('option', { value }, text));
  const select = element('select', { name, required: '', 'data-key': `field-${name}` }, ...options);
  return element('label', {}, label, select);
}

function fields(snapshot: LabSnapshot, texts: Texts): HTMLElement[] {
  const words = (...names: readonly string[]): Choice[] =>
    names.map((value) => ({ value, text: word(texts, value) }));
  return [
    field(
      'suiteId',
      texts.suite,
      snapshot.suites.map(({ suiteId, title }) => ({ value: suiteId, text: title })),
    ),
    field(
      'boardId',
      texts.board,
      snapshot.boards.map(({ boardId, name }) => ({
        value: boardId,
        text: `${name} (${boardId})`,
      })),
    ),
    field('scenario', texts.scenario, words('single-stream', 'offline')),
    field('mode', texts.mode, words('both', 'performance', 'accuracy')),
  ];
}

/** The id of the job that the daemon made. */
function jobIdOf(answer: unknown): string {
  const isJob = typeof answer === 'object' && answer !== null && 'jobId' in answer;
  return isJob ? String(answer.jobId) : '';
}

async function submit(form: HTMLFormElement, texts: Texts): Promise<string> {
  const request = Object.fromEntries(new FormData(form));
  try {
    return fill(texts.queued, { id: jobIdOf(await askDaemon('/api/jobs', request)) });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    const remedy = thrown instanceof Refusal ? thrown.remedy : '';
    return fill(texts.refused, { detail, remedy });
  }
}

/** The form that puts a run into the queue; what it says stays below its button. */
export function jobForm(snapshot: LabSnapshot, texts: Texts): Node[] {
  const title = element('h2', { id: 'new-run-title' }, texts.newRun);
  const answer = element('p', { role: 'status' });
  const button = element('button', { class: 'main', type: 'submit', 'data-key': 'put' }, texts.put);
  const form = element('form', {}, ...fields(snapshot, texts), button, answer);
  button.disabled = snapshot.suites.length === 0 || snapshot.boards.length === 0;
  const finish = (text: string): undefined => {
    answer.textContent = text;
    button.disabled = false;
    return undefined;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    void submit(form, texts).then(finish);
  });
  return [title, form];
}
