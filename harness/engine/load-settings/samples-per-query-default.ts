/** Samples of a multi-stream query where neither job nor suite says; by the rule set. */
export const samplesPerQueryDefault = 8;
