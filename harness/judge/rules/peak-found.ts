import {
  measuresPerformance,
  ruled,
  type NextSetting,
  type Rule,
  type RuleContext,
} from './rule-context.ts';

/** Where a search that found no rate that holds begins next, or what gives its probes more time. */
function nextSearch({ settings, results }: RuleContext): NextSetting | undefined {
  const probes = results.peak?.probes ?? [];
  const lowestQps = Math.min(...probes.map(({ targetQps }) => targetQps));
  const lowest = probes.find(({ targetQps }) => targetQps === lowestQps);
  if (lowest === undefined) return undefined;
  if (lowest.decision === 'breaks') return { setting: 'peakStartQps', value: lowestQps / 4 };
  const { probeMaxDurationMs } = settings.peak ?? {};
  return probeMaxDurationMs === undefined
    ? undefined
    : { setting: 'probeMaxDurationMs', value: probeMaxDurationMs * 4 };
}

/** The search found a rate that holds: at least one probe holds, and no probe of a lower rate breaks. */
export const peakFound: Rule = (context) => {
  const { settings, results } = context;
  if (!measuresPerformance(settings) || settings.scenario !== 'find-peak') return undefined;
  const peakQps = results.peak?.peakQps ?? null;
  const next = nextSearch(context);
  const remedy =
    next === undefined ? 'the run log says why' : `set ${next.setting} to ${next.value}`;
  return ruled({
    rule: 'peak-found',
    met: peakQps !== null,
    measured: peakQps === null ? 0 : 1,
    limit: 1,
    unit: 'rates that hold',
    advice: `None of ${results.peak?.probes.length ?? 0} probes holds its limit: ${remedy}.`,
    next,
  });
};
