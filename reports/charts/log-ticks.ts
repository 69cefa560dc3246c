/** Over so many decades and less, 2 and 5 are ticks as well. */
const fewDecades = 2.5;

/** Ticks of a logarithmic axis: 1, 10, 100 …, with 2 and 5 between where the axis is short. */
export function logTicks(from: number, to: number): number[] {
  const steps = Math.log10(to / from) <= fewDecades ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power += 1) {
    ticks.push(...steps.map((step) => step * 10 ** power));
  }
  return ticks.filter((tick) => tick >= from && tick <= to);
}
