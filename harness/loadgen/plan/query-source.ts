import { assert, assertDefined } from '#harness/kernel/assert.ts';

import { portableSamples } from '../order/portable-samples.ts';
import { referenceOrder } from '../order/reference-order.ts';
import { referenceSets } from '../order/reference-sets.ts';
import type { SampleSource } from '../order/sample-source.ts';
import type { QuerySource } from '../query-source.ts';
import { arrivalGaps } from '../schedule/arrival-gaps.ts';
import type { LoadPlanSettings } from './load-plan-settings.ts';

/** The samples of a performance load, for as long as it lasts. */
function performanceSamples(settings: LoadPlanSettings): SampleSource {
  if (settings.order === 'portable') return portableSamples(settings);
  const [set] = referenceSets(settings);
  return referenceOrder(settings, assertDefined(set, 'a performance load has a set'));
}

function scheduledSource(settings: LoadPlanSettings, samples: SampleSource): QuerySource {
  const nextGapNs = arrivalGaps(settings);
  // A number in a closure would be allocated anew at each change; one in here is not.
  const scheduledNs = new Float64Array(1);
  return {
    samplesPerQuery: samples.unitLength,
    next: (into, at) => {
      if (!samples.take(into, at)) return -1;
      const atNs = scheduledNs[0] ?? 0;
      scheduledNs[0] = atNs + nextGapNs();
      return atNs;
    },
  };
}

/**
 * The queries of a performance load, made one by one; it never ends but in `unique`. Made before the load starts: see
 * `referenceOrder` for what that costs. Offline gives one sample per call.
 *
 * @param settings - of a performance load
 */
export function querySource(settings: LoadPlanSettings): QuerySource {
  assert(settings.mode === 'performance', 'a query source is for performance loads');
  const samples = performanceSamples(settings);
  if (settings.scenario === 'server') return scheduledSource(settings, samples);
  return {
    samplesPerQuery: samples.unitLength,
    next: (into, at) => (samples.take(into, at) ? 0 : -1),
  };
}
