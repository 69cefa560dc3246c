import { lazyPlan, type LazyPlan } from '#harness/loadgen/plan/lazy-plan.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import { loadPlanSettings } from '#harness/loadgen/plan/plan-settings.ts';

import { readSettingsFile } from './read-settings-file.ts';

/** A piece of JSON is written when it has this many characters. */
const pieceLength = 65_536;
const shownCount = 10;

/** A plan that is written while it is made: no length costs memory. */
export interface PlannedLoad {
  /** The whole plan as JSON, in pieces to be written one after the other. */
  readonly json: () => Iterable<string>;
  /** What a person wants to see first. */
  readonly summary: () => readonly string[];
}

function* listJson(values: Iterable<number | boolean>): Generator<string, void> {
  let piece = '[';
  let separator = '';
  for (const value of values) {
    piece += `${separator}${value}`;
    separator = ',';
    if (piece.length >= pieceLength) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}]`;
}

function* setsJson(sets: Iterable<Uint32Array>): Generator<string, void> {
  yield '[';
  let separator = '';
  for (const set of sets) {
    yield separator;
    yield* listJson(set);
    separator = ',';
  }
  yield ']';
}

function* planJson(plan: LazyPlan): Generator<string, void> {
  yield '{"sets":';
  yield* setsJson(plan.sets());
  yield `,"queries":${plan.queries},"samplesPerQuery":${plan.samplesPerQuery},"samples":`;
  yield* listJson(plan.samples());
  yield ',"scheduledNs":';
  yield* listJson(plan.scheduledNs());
  if (plan.logged !== undefined) {
    yield ',"logged":';
    yield* listJson(plan.logged());
  }
  yield '}\n';
}

function firstOf(values: Iterable<number>, count: number): number[] {
  const first: number[] = [];
  for (const value of values) {
    first.push(value);
    if (first.length === count) break;
  }
  return first;
}

function summaryLines(plan: LazyPlan, settings: LoadPlanSettings): readonly string[] {
  const sets = [...plan.sets()].map((set) => set.length);
  const scheduledNs = firstOf(plan.scheduledNs(), shownCount + 1);
  const gapsNs = scheduledNs.slice(1).map((atNs, i) => atNs - (scheduledNs[i] ?? 0));
  return [
    `order: ${settings.order}, selection ${settings.selection}, ${settings.scenario}, ${settings.mode}`,
    `sets: ${sets.length}, of ${sets[0] ?? 0} samples${sets.length > 1 ? ` (last ${sets.at(-1)})` : ''}`,
    `queries: ${plan.queries}, of ${plan.samplesPerQuery} samples`,
    `first samples: ${firstOf(plan.samples(), shownCount).join(' ')}`,
    ...(settings.scenario === 'server' ? [`first gaps in ns: ${gapsNs.join(' ')}`] : []),
  ];
}

/**
 * The plan that a settings file describes.
 *
 * @param path - `-` reads standard input
 * @param count - lists this many queries; default all
 * @throws LabError loadgen/settings-unreadable, loadgen/settings-invalid, loadgen/plan-too-long
 */
export async function planLoad(path: string, count?: number): Promise<PlannedLoad> {
  const settings = loadPlanSettings(await readSettingsFile(path));
  const plan = lazyPlan(settings, count);
  return { json: () => planJson(plan), summary: () => summaryLines(plan, settings) };
}
