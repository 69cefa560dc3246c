/** Up to so many service times of waiting the exact sum is stable; beyond it the tail is an exponential. */
const exactServicesMax = 12;

/**
 * The chance that a query waits longer than `services` service times in a queue with random arrivals, one server and
 * constant service time.
 *
 * @param load - arrivals per service time, in 0 < r < 1
 * @see Erlang, The Theory of Probabilities and Telephone Conversations (1909); Kingman (1961) for heavy traffic
 */
export function longerWaitShare(load: number, services: number): number {
  if (services > exactServicesMax) return Math.exp((-2 * (1 - load) * services) / load);
  let sum = 0;
  let factorial = 1;
  for (let ahead = 0; ahead <= services; ahead += 1) {
    factorial *= Math.max(1, ahead);
    const step = load * (ahead - services);
    sum += (step ** ahead / factorial) * Math.exp(-step);
  }
  return 1 - (1 - load) * sum;
}

/** The largest load at which no more than this share waits longer than `services` service times; to 1/1000. */
export function holdingLoad(services: number, share: number): number {
  let [low, high] = [0, 1];
  while (high - low > 0.001) {
    const middle = (low + high) / 2;
    if (longerWaitShare(middle, services) <= share) low = middle;
    else high = middle;
  }
  return low;
}
