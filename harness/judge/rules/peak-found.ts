import {
  measuresPerformance,
  ruled,
  type NextSetting,
  type Rule,
  type RuleContext,
} from './rule-context.ts';

/** Probes with which a search ends by itself on any device. */
const probeCountEnough = 30;

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

/** What goes on where a search ended before it knew the other side. */
function nextBeyond({ settings }: RuleContext, peakQps: number): NextSetting {
  const probeCountMax = settings.peak?.probeCountMax ?? 0;
  const isCut = probeCountMax > 0 && probeCountMax < probeCountEnough;
  return isCut
    ? { setting: 'probeCountMax', value: probeCountEnough }
    : { setting: 'peakStartQps', value: peakQps };
}

/** The search found the rate at which the device breaks too: without it, the highest rate that held is no peak. */
export const peakBracketed: Rule = (context) => {
  const { settings, results } = context;
  if (!measuresPerformance(settings) || settings.scenario !== 'find-peak') return undefined;
  const { peakQps = null, breaksAtQps = null } = results.peak ?? {};
  if (peakQps === null) return undefined;
  const next = nextBeyond(context, peakQps);
  return ruled({
    rule: 'peak-bracketed',
    met: breaksAtQps !== null,
    measured: breaksAtQps === null ? 0 : 1,
    limit: 1,
    unit: 'rates that break',
    advice: `The search ended while every rate held: set ${next.setting} to ${next.value}.`,
    next,
  });
};

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
