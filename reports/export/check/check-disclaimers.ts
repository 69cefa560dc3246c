import { layoutFiles } from '../layout-names.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';

/** What every file says that can hold text. */
const sentences = [/not an MLPerf® result/, /not verified by MLCommons Association/] as const;

/** Accuracy logs are arrays of answers: their format has no room for a sentence. */
const hasNoRoom = (file: string): boolean =>
  file.endsWith(`/${layoutFiles.accuracyLog}`) || file.includes('/src/whole-accuracy-logs/');

/** Every file says that it is no official and no verified result. */
export function checkDisclaimers(files: TreeFiles): Finding[] {
  return [...files.sizes.keys()]
    .filter((file) => !hasNoRoom(file))
    .filter((file) => {
      const text = files.text(file);
      return text === undefined || sentences.some((sentence) => !sentence.test(text));
    })
    .map((file) =>
      finding(
        'error',
        { file },
        {
          check: 'disclaimer',
          message: 'It does not say: not an MLPerf® result, not verified by MLCommons Association.',
        },
      ),
    );
}
