import { validity, type Rule } from './rule-context.ts';

const stepMsMax = 100;

/** The wall clock was not stepped during the run, so that the times in the record are right. */
export const wallClockStep: Rule = ({ wallClockStepMs }) => {
  const measured = Math.abs(wallClockStepMs);
  return validity({
    rule: 'wall-clock-step',
    met: measured <= stepMsMax,
    measured,
    limit: stepMsMax,
    unit: 'ms',
    advice:
      'The wall clock moved against the monotonic clock: set the time service of the host to slew instead of step, then run again.',
  });
};
