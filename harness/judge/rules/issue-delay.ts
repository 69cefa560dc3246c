import { isOverloaded } from './overload.ts';
import { measuresOneLoad, ruled, type Rule } from './rule-context.ts';

const shareMax = 0.1;

/**
 * The generator kept its schedule: p99 of the issue delays is at most a tenth of the limit of the latency. The delay
 * counts in every latency, so a result is never too good by it.
 */
export const issueDelayKept: Rule = (context) => {
  const { settings, results } = context;
  const limitNs = settings.ttftTargetNs ?? settings.targetLatencyNs;
  const delay = results.load?.issueDelay;
  if (!measuresOneLoad(settings) || limitNs === undefined || delay === undefined) return undefined;
  if (isOverloaded(context)) return undefined;
  const measured = delay.p99Ns / 1e6;
  const limit = (limitNs * shareMax) / 1e6;
  return ruled({
    rule: 'issue-delay',
    met: measured <= limit,
    measured,
    limit,
    unit: 'ms',
    advice: `Queries were issued late, 1 % of them by ${measured} ms or more: close other programs on the host, or give it more cores; if the device takes queries slowly, that is its own delay.`,
  });
};
