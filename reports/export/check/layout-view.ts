import { layoutFiles } from '../layout-names.ts';
import { noticeField } from '../notice.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { officialBenchmark, type OfficialBenchmark } from './official-benchmarks.ts';

export const divisions: readonly string[] = ['open', 'closed', 'network'];

/** What one submitter holds in one division. */
export interface SubmitterView {
  readonly division: string;
  readonly submitter: string;
  /** `<division>/<Submitter>` */
  readonly path: string;
  readonly scenarios: readonly ScenarioView[];
}

/** The folder of one scenario of one benchmark on one system. */
export interface ScenarioView {
  readonly division: string;
  /** `<division>/<Submitter>` */
  readonly submitterPath: string;
  readonly system: string;
  readonly benchmark: string;
  /** The official name; undefined when neither name nor mapping gives one. */
  readonly officialName: string | undefined;
  readonly official: OfficialBenchmark | undefined;
  /** Name of the folder: the scenario it says to be. */
  readonly scenario: string;
  /** Path in the tree. */
  readonly path: string;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object of the tree; undefined when there is none. */
export function jsonObject(files: TreeFiles, path: string): Record<string, unknown> | undefined {
  const text = files.text(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By its own name; only in the open division also by the mapping. */
function officialNameOf(files: TreeFiles, path: string, benchmark: string): string | undefined {
  if (officialBenchmark(benchmark) !== undefined) return benchmark;
  if (!path.startsWith('open/')) return undefined;
  const mapped = jsonObject(files, `${path}/${layoutFiles.modelMapping}`)?.[benchmark];
  return typeof mapped === 'string' && benchmark !== noticeField ? mapped : undefined;
}

/** The folders of scenarios below a submitter: those that hold a file at this depth or deeper. */
function scenarioPaths(files: TreeFiles, path: string): string[] {
  const prefix = `${path}/results/`;
  const found = new Set<string>();
  for (const file of files.sizes.keys()) {
    if (!file.startsWith(prefix)) continue;
    const parts = file.slice(prefix.length).split('/');
    if (parts.length >= 4) found.add(parts.slice(0, 3).join('/'));
  }
  return [...found].toSorted();
}

/** The submitters of a tree and their scenarios. Pure but for the mapping, which it reads. */
export function submitterViews(files: TreeFiles): SubmitterView[] {
  const paths = new Set<string>();
  for (const file of files.sizes.keys()) {
    const [division = '', submitter, rest] = file.split('/');
    if (divisions.includes(division) && rest !== undefined) paths.add(`${division}/${submitter}`);
  }
  return [...paths].toSorted().map((path) => {
    const [division = '', submitter = ''] = path.split('/');
    const scenarios = scenarioPaths(files, path).map((place): ScenarioView => {
      const [system = '', benchmark = '', scenario = ''] = place.split('/');
      const officialName = officialNameOf(files, path, benchmark);
      const official = officialName === undefined ? undefined : officialBenchmark(officialName);
      const names = { division, system, benchmark, officialName, official, scenario };
      return { ...names, submitterPath: path, path: `${path}/results/${place}` };
    });
    return { division, submitter, path, scenarios };
  });
}
