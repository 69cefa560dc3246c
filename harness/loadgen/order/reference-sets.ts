import type { LoadPlanSettings } from '../plan/load-plan-settings.ts';
import { countingList } from './counting-list.ts';
import { libraryShuffle } from './library-shuffle.ts';
import { mersenneTwister } from './mersenne-twister.ts';
import { seedHalves } from './seed-halves.ts';

/**
 * The sets that the reference loads, without padding, in its order: in performance mode the one it uses, in accuracy
 * mode all, so that every sample of the library is in one.
 */
export function referenceSets(settings: LoadPlanSettings): readonly Uint32Array[] {
  const { mode, order, librarySampleCount, performanceSampleCount } = settings;
  const isPerformance = mode === 'performance';
  const drawsSubset = !isPerformance || order === 'reference-5';
  const samples = countingList(drawsSubset ? librarySampleCount : performanceSampleCount);
  libraryShuffle(samples, mersenneTwister(seedHalves(settings.seeds.qsl).low).next);
  const sets: Uint32Array[] = [];
  for (let start = 0; start < samples.length; start += performanceSampleCount) {
    sets.push(samples.slice(start, start + performanceSampleCount));
    if (isPerformance) break;
  }
  return sets;
}
