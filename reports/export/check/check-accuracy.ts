import {
  accuracyFolder,
  accuracyLogBytesMax,
  accuracyLogGap,
  layoutFiles,
  wholeAccuracyLogPath,
} from '../layout-names.ts';
import { accuracyLogProblem } from './accuracy-log-content.ts';
import type { TreeFiles } from './export-tree-files.ts';
import { finding, type Finding } from './finding.ts';
import type { ScenarioView } from './layout-view.ts';

/** Where the two logs of a scenario lie: the one of the layout, and the whole one when that is cut. */
interface AccuracyPaths {
  readonly text: string;
  readonly log: string;
  readonly whole: string;
}

function pathsOf(view: ScenarioView): AccuracyPaths {
  const folder = `${view.path}/${accuracyFolder}`;
  const place = view.path.slice(`${view.submitterPath}/results/`.length);
  return {
    text: `${folder}/${layoutFiles.accuracyText}`,
    log: `${folder}/${layoutFiles.accuracyLog}`,
    whole: `${view.submitterPath}/${wholeAccuracyLogPath(place)}`,
  };
}

const isCut = (files: TreeFiles, path: string): boolean =>
  files.text(path)?.includes(accuracyLogGap) === true;

/** The hash in accuracy.txt is that of the whole log. */
function hashFindings(files: TreeFiles, paths: AccuracyPaths): Finding[] {
  const text = files.text(paths.text);
  if (text === undefined) return [];
  const place = { file: paths.text };
  if (text.trim() === '')
    return [
      finding('error', place, {
        check: 'accuracy-text-empty',
        message: 'It is empty: neither a value nor a hash.',
      }),
    ];
  const stated = /^hash=([0-9a-f]{64})$/i.exec(
    text.trimEnd().split('\n').at(-1)?.trim() ?? '',
  )?.[1];
  if (stated === undefined)
    return [
      finding('error', place, {
        check: 'accuracy-hash-missing',
        message: 'Its last line is not hash=<SHA-256 of the whole accuracy log>.',
      }),
    ];
  return recomputedHash(files, paths, stated);
}

function recomputedHash(files: TreeFiles, paths: AccuracyPaths, stated: string): Finding[] {
  const source = isCut(files, paths.log) ? paths.whole : paths.log;
  const actual = files.sha256(source);
  const place = { file: paths.text };
  if (actual === undefined) {
    const message = `The hash cannot be worked out again: ${source} is not there.`;
    return [finding('note', place, { check: 'accuracy-hash-unchecked', message })];
  }
  if (actual === stated.toLowerCase()) return [];
  const message = `The hash is ${stated}, but that of ${source} is ${actual}.`;
  return [finding('error', place, { check: 'accuracy-hash-wrong', message })];
}

/** A cut log is the two ends of the whole one. */
function cutFindings(files: TreeFiles, paths: AccuracyPaths): Finding[] {
  const [cut, whole] = [files.text(paths.log), files.text(paths.whole)];
  if (cut === undefined || whole === undefined || !isCut(files, paths.log)) return [];
  const [head = '', tail = ''] = cut.split(accuracyLogGap);
  if (head !== '' && tail !== '' && whole.startsWith(head) && whole.endsWith(tail)) return [];
  const message = `It is not the two ends of ${paths.whole}.`;
  return [finding('error', { file: paths.log }, { check: 'accuracy-log-cut', message })];
}

function sizeFindings(files: TreeFiles, paths: AccuracyPaths): Finding[] {
  const size = files.sizes.get(paths.log) ?? 0;
  if (size <= accuracyLogBytesMax) return [];
  const message = `It has ${size} bytes; the layout wants at most ${accuracyLogBytesMax}.`;
  return [finding('error', { file: paths.log }, { check: 'accuracy-log-size', message })];
}

/**
 * The lines of the whole log.
 *
 * @param sampleCount - what the detail log says; undefined when it says nothing
 */
function contentFindings(
  files: TreeFiles,
  paths: AccuracyPaths,
  sampleCount: number | undefined,
): Finding[] {
  const cut = isCut(files, paths.log);
  const file = cut ? paths.whole : paths.log;
  const text = files.text(file);
  if (text === undefined) return [];
  const { count, problem } = accuracyLogProblem(text);
  if (problem !== undefined) {
    const { line, message } = problem;
    return [finding('error', { file, line }, { check: 'accuracy-log-format', message })];
  }
  if (sampleCount === undefined || count === sampleCount) return [];
  const message = `It answers ${count} samples; the detail log says ${sampleCount}.`;
  return [finding('error', { file }, { check: 'accuracy-log-count', message })];
}

/** A share of right answers is a number of percent, in every division. */
function valueFindings(files: TreeFiles, { text: file }: AccuracyPaths): Finding[] {
  const found = /^accuracy=([^%\s]*)%/m.exec(files.text(file) ?? '')?.[1];
  if (found === undefined) return [];
  const value = found === '' ? Number.NaN : Number(found);
  if (value >= 0 && value <= 100) return [];
  const message = `The accuracy is ${found} %, not a number from 0 to 100.`;
  return [finding('error', { file }, { check: 'accuracy-value', message })];
}

/** In the closed division the value reaches its target. */
function targetFindings(files: TreeFiles, view: ScenarioView, paths: AccuracyPaths): Finding[] {
  const target = view.official?.closedAccuracy;
  if (view.division !== 'closed' || target === undefined) return [];
  const found = target.pattern.exec(files.text(paths.text) ?? '')?.[1];
  const value = found === undefined ? Number.NaN : Number(found);
  if (value >= target.atLeast) return [];
  const message = `The accuracy is ${found ?? 'not stated'}; ${view.officialName} wants ${target.atLeast}.`;
  return [finding('error', { file: paths.text }, { check: 'accuracy-target', message })];
}

/** Text, hash, size, lines and value of the accuracy run. */
export function checkAccuracy(
  files: TreeFiles,
  view: ScenarioView,
  sampleCount: number | undefined,
): Finding[] {
  const paths = pathsOf(view);
  return [
    ...hashFindings(files, paths),
    ...sizeFindings(files, paths),
    ...cutFindings(files, paths),
    ...contentFindings(files, paths, sampleCount),
    ...valueFindings(files, paths),
    ...targetFindings(files, view, paths),
  ];
}
