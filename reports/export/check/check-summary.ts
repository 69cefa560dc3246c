import { layoutFiles, performanceFolder } from '../layout-names.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';
import { valueWords } from './value-words.ts';

/** The summary of a performance run says the same of its validity as the detail log beside it. */
export function checkSummary(files: TreeFiles, view: LogView | undefined): Finding[] {
  const stated = view?.content.find('result_validity')?.value;
  if (view === undefined || stated === undefined) return [];
  const file = `${view.folder.path}/${performanceFolder}/${layoutFiles.summary}`;
  const said = /^Result is\s*:\s*(\S+)/m.exec(files.text(file) ?? '')?.[1];
  if (said === undefined || said === stated) return [];
  const message = `It says ${said}; result_validity of the detail log is ${valueWords(stated)}.`;
  return [finding('error', { file }, { check: 'summary-differs', message })];
}
