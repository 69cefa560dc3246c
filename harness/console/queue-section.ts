import type { QueuedJob } from '#harness/contracts/lab-service.ts';

import { dataTable, type DataColumn } from './data-table.ts';
import { element } from './element.ts';
import { fill, word, type Texts } from './texts.ts';

function columnsOf(
  texts: Texts,
  onCancel: (jobId: string) => void,
): readonly DataColumn<QueuedJob>[] {
  const cancelButton = (jobId: string): HTMLElement => {
    const label = fill(texts.cancelJob, { id: jobId });
    const attributes = { type: 'button', 'aria-label': label, 'data-key': `cancel-${jobId}` };
    const button = element('button', attributes, texts.cancel);
    button.addEventListener('click', () => {
      button.disabled = true;
      onCancel(jobId);
    });
    return button;
  };
  return [
    { title: '#', isNumber: true, cell: ({ waiting }) => [String(waiting.position)] },
    { title: texts.suite, cell: ({ job }) => [job.suiteId] },
    { title: texts.board, cell: ({ job }) => [job.boardId] },
    { title: texts.scenario, cell: ({ job }) => [word(texts, job.scenario)] },
    { title: texts.mode, cell: ({ job }) => [word(texts, job.mode)] },
    {
      title: texts.reason,
      cell: ({ waiting }) => [
        element('strong', {}, word(texts, waiting.code)),
        element('div', { class: 'quiet' }, waiting.sentence),
      ],
    },
    { title: '', cell: ({ job }) => [cancelButton(job.jobId)] },
  ];
}

/** Queued jobs, each with the reason why it waits and a way out. */
export function queueSection(
  queue: readonly QueuedJob[],
  texts: Texts,
  onCancel: (jobId: string) => void,
): Node[] {
  const title = element('h2', { id: 'queue-title' }, texts.queue);
  if (queue.length === 0) return [title, element('p', { class: 'quiet' }, texts.queueEmpty)];
  return [title, dataTable('queue-title', columnsOf(texts, onCancel), queue)];
}
