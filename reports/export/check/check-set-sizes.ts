import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

const offlineSampleCountMin = 24_576;

/** The official number or, with `skipsSetSizes`, only a note that it is another. */
function sizeFinding(view: LogView, key: string, message: string): Finding {
  const { file, content, options } = view;
  const check = view.leg === 'performance' ? 'performance-set-size' : 'accuracy-set-size';
  const severity = options.skipsSetSizes ? 'note' : 'error';
  return finding(severity, { file, line: content.find(key)?.line }, { check, message });
}

function performanceSize(view: LogView): Finding[] {
  const key = 'effective_performance_sample_count';
  const count = view.content.number(key);
  const needed = view.folder.official?.performanceSampleCount;
  if (needed === undefined || count === undefined || count >= needed) return [];
  const message = `${count} samples were used for performance; ${view.folder.officialName} wants at least ${needed}.`;
  return [sizeFinding(view, key, message)];
}

function accuracySize(view: LogView): Finding[] {
  const key =
    view.content.find('effective_accuracy_sample_count') === undefined
      ? 'qsl_reported_total_count'
      : 'effective_accuracy_sample_count';
  const count = view.content.number(key);
  const needed = view.folder.official?.accuracySampleCount;
  if (needed === undefined || count === undefined || count === needed) return [];
  const message = `${count} samples were used for accuracy; the data set of ${view.folder.officialName} has ${needed}.`;
  return [sizeFinding(view, key, message)];
}

/** A closed offline load has 24 576 samples, or the whole data set when that is smaller. */
function offlineSize(view: LogView): Finding[] {
  const { folder, scenario, content, file } = view;
  if (folder.division !== 'closed' || scenario !== 'Offline') return [];
  const key = 'effective_samples_per_query';
  const count = content.number(key);
  const whole = folder.official?.accuracySampleCount ?? offlineSampleCountMin;
  const needed = Math.min(offlineSampleCountMin, whole);
  if (count === undefined || count >= needed) return [];
  const message = `The offline query has ${count} samples; the closed division wants ${needed}.`;
  return [
    finding(
      'error',
      { file, line: content.find(key)?.line },
      { check: 'samples-per-query', message },
    ),
  ];
}

/** The sets have the official sizes. */
export function checkSetSizes(view: LogView): Finding[] {
  return view.leg === 'accuracy'
    ? accuracySize(view)
    : [...performanceSize(view), ...offlineSize(view)];
}
