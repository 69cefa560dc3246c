import { askDaemon, Refusal } from './ask-daemon.ts';
import { element } from './element.ts';
import { isFieldShown, jobRequestOf, loadFields, type LoadField } from './job-request.ts';
import type { LabSnapshot } from './lab-snapshot.ts';
import { fill, word, type Texts } from './texts.ts';

const scenarios = ['single-stream', 'multi-stream', 'server', 'offline', 'find-peak'] as const;
const modes = ['both', 'performance', 'accuracy', 'compliance'] as const;
const audits = [
  'real-results',
  'no-caching',
  'other-seeds',
  'token-consistency',
  'output-length',
] as const;

/** One choice of the form. */
interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A control with its label; the label is what is shown or hidden. */
interface FormField {
  readonly label: HTMLElement;
  readonly control: HTMLInputElement | HTMLSelectElement;
}

function choiceField(name: string, title: string, choices: readonly Choice[]): FormField {
  const options = choices.map(({ value, text }) => element('option', { value }, text));
  const control = element(
    'select',
    { name, required: '', 'data-key': `field-${name}` },
    ...options,
  );
  return { control, label: element('label', {}, title, control) };
}

function loadField(field: LoadField, texts: Texts): FormField {
  const { name, unit, isWhole } = field;
  const limits = isWhole ? { min: '1', step: '1' } : { min: '0', step: 'any' };
  const control = element('input', {
    name,
    type: 'number',
    placeholder: texts.asSuite,
    'data-key': `field-${name}`,
    ...limits,
  });
  const title = unit === '' ? word(texts, name) : `${word(texts, name)} (${word(texts, unit)})`;
  return { control, label: element('label', {}, title, control) };
}

/** A field that is not shown is not sent either. */
function show({ label, control }: FormField, isShown: boolean): void {
  label.hidden = !isShown;
  control.disabled = !isShown;
}

function wordChoices(texts: Texts, names: readonly string[]): Choice[] {
  return names.map((value) => ({ value, text: word(texts, value) }));
}

/** Every field; which of them are shown follows scenario and mode. */
function fields({ suites, boards }: LabSnapshot, texts: Texts): HTMLElement[] {
  const suite = choiceField(
    'suiteId',
    texts.suite,
    suites.map(({ suiteId, title }) => ({ value: suiteId, text: title })),
  );
  const board = choiceField(
    'boardId',
    texts.board,
    boards.map(({ boardId, name }) => ({ value: boardId, text: `${name} (${boardId})` })),
  );
  const scenario = choiceField('scenario', texts.scenario, wordChoices(texts, scenarios));
  const mode = choiceField('mode', texts.mode, wordChoices(texts, modes));
  const audit = choiceField('audit', texts.audit, wordChoices(texts, audits));
  const ofLoad = loadFields.map((field) => ({ field, shown: loadField(field, texts) }));
  const update = (): void => {
    show(audit, mode.control.value === 'compliance');
    for (const { field, shown } of ofLoad) show(shown, isFieldShown(field, scenario.control.value));
  };
  scenario.control.addEventListener('change', update);
  mode.control.addEventListener('change', update);
  update();
  const all = [suite, board, scenario, mode, audit, ...ofLoad.map(({ shown }) => shown)];
  return all.map(({ label }) => label);
}

/** The id of the job that the daemon made. */
function jobIdOf(answer: unknown): string {
  const isJob = typeof answer === 'object' && answer !== null && 'jobId' in answer;
  return isJob ? String(answer.jobId) : '';
}

async function submit(form: HTMLFormElement, texts: Texts): Promise<string> {
  const entries = [...new FormData(form)].map(
    ([name, value]) => [name, typeof value === 'string' ? value : ''] as const,
  );
  const request = jobRequestOf(Object.fromEntries(entries));
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
