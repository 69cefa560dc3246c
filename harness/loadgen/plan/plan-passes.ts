import { countingList } from '../order/counting-list.ts';
import { portableAccuracySamples, portableSamples } from '../order/portable-samples.ts';
import { paddedSetLength, referenceOrder } from '../order/reference-order.ts';
import { referenceSets } from '../order/reference-sets.ts';
import type { SampleSource } from '../order/sample-source.ts';
import type { LoadPlanSettings } from './load-plan-settings.ts';
import { offlineQueryLength, plannedQueryCount } from './planned-counts.ts';

/** A loaded set and the queries that are made of it; a performance load has one, an accuracy load one per set. */
export interface PlanPass {
  readonly queryCount: number;
  readonly samplesPerQuery: number;
  /** Sample indices in the order in which they are loaded. */
  readonly loadedSet: () => Uint32Array;
  /** The samples from the first query on; each call begins anew. */
  readonly samples: () => SampleSource;
}

function queryLength(settings: LoadPlanSettings, setLength: number): number {
  return settings.scenario === 'offline'
    ? offlineQueryLength(settings, setLength)
    : settings.samplesPerQuery;
}

/** The set as it is loaded: in multi-stream with its first samples once more at the end. */
function padded(settings: LoadPlanSettings, set: Uint32Array): Uint32Array {
  const loaded = new Uint32Array(paddedSetLength(settings, set.length));
  for (let i = 0; i < loaded.length; i += 1) loaded[i] = set[i % set.length] ?? 0;
  return loaded;
}

function referencePasses(settings: LoadPlanSettings): PlanPass[] {
  return referenceSets(settings).map((set) => ({
    queryCount: plannedQueryCount(settings, set.length),
    samplesPerQuery: queryLength(settings, set.length),
    loadedSet: () => padded(settings, set),
    samples: () => referenceOrder(settings, set),
  }));
}

function portablePass(
  settings: LoadPlanSettings,
  range: { readonly start: number; readonly length: number },
): PlanPass {
  const { start, length } = range;
  return {
    queryCount: plannedQueryCount(settings, length),
    samplesPerQuery: queryLength(settings, length),
    loadedSet: () => countingList(length).map((index) => start + index),
    samples: () =>
      settings.mode === 'accuracy'
        ? portableAccuracySamples(settings, range)
        : portableSamples(settings),
  };
}

function portablePasses(settings: LoadPlanSettings): PlanPass[] {
  const { librarySampleCount, performanceSampleCount, mode } = settings;
  if (mode === 'performance')
    return [portablePass(settings, { start: 0, length: performanceSampleCount })];
  const passes: PlanPass[] = [];
  for (let start = 0; start < librarySampleCount; start += performanceSampleCount) {
    const length = Math.min(performanceSampleCount, librarySampleCount - start);
    passes.push(portablePass(settings, { start, length }));
  }
  return passes;
}

/**
 * The passes of a load, in order.
 *
 * @throws LabError loadgen/plan-too-long
 */
export function planPasses(settings: LoadPlanSettings): readonly PlanPass[] {
  return settings.order === 'portable' ? portablePasses(settings) : referencePasses(settings);
}
