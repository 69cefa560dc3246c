import { canonicalDraw } from '../order/canonical-draw.ts';
import { mersenneTwister } from '../order/mersenne-twister.ts';
import { portableDrawsOf, portableStreams } from '../order/portable-draws.ts';
import { seedHalves } from '../order/seed-halves.ts';
import { uniformDraw } from '../order/uniform-draw.ts';
import type { LoadPlanSettings } from '../plan/load-plan-settings.ts';

function uniforms({ order, seeds }: LoadPlanSettings): () => number {
  if (order === 'portable') {
    const draw = portableDrawsOf(seeds.schedule, portableStreams.schedule);
    return () => uniformDraw(draw);
  }
  const { next } = mersenneTwister(seedHalves(seeds.schedule).low);
  return () => canonicalDraw(next);
}

/**
 * The time from one arrival of the server scenario to the next, in whole nanoseconds: Poisson arrivals at
 * `settings.qps`, each gap cut to whole nanoseconds. No allocation per call.
 *
 * @see harness/docs/sample-order.md
 */
export function arrivalGaps(settings: LoadPlanSettings): () => number {
  const { qps } = settings;
  const nextUniform = uniforms(settings);
  return () => Math.trunc((-Math.log(1 - nextUniform()) / qps) * 1e9);
}
