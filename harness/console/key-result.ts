import type { RunSummary } from '#harness/contracts/records/job-record.ts';
import type { Results } from '#harness/contracts/records/run-record.ts';

import { millisecondsText, numberText } from './number-text.ts';
import { fill, word, type Texts } from './texts.ts';

function serverParts({ load, latency }: Results, texts: Texts): string[] {
  const over = load?.overLimitCount;
  return [
    fill(texts.queriesPerSecond, { rate: numberText(load?.completedPerSecond) }),
    `p99 ${millisecondsText(latency?.p99Ns)} ms`,
    ...(over === undefined ? [] : [fill(texts.overLimit, { count: String(over) })]),
  ];
}

function peakText(peak: NonNullable<Results['peak']>, texts: Texts): string {
  return peak.peakQps === null
    ? texts.noPeak
    : fill(texts.peak, { rate: numberText(peak.peakQps) });
}

function loadParts(scenario: RunSummary['scenario'], results: Results, texts: Texts): string[] {
  const { load, latency, throughput } = results;
  switch (scenario) {
    case 'server':
      return load === undefined ? [] : serverParts(results, texts);
    case 'multi-stream':
      return latency === undefined ? [] : [`p99 ${millisecondsText(latency.p99Ns)} ms`];
    case 'single-stream':
      return latency === undefined ? [] : [`p90 ${millisecondsText(latency.p90Ns)} ms`];
    case 'offline':
      return throughput === undefined
        ? []
        : [`${numberText(throughput.samplesPerSecond)} ${texts.throughput}`];
    case 'find-peak':
      return [];
  }
}

/** Tokens per second, and what the first and the further ones took; empty where the answers are no tokens. */
function tokenParts({ tokens, load }: Results, texts: Texts): string[] {
  const perSecond = tokens?.tokensPerSecond ?? load?.tokensPerSecond;
  return [
    ...(perSecond === undefined
      ? []
      : [fill(texts.tokensPerSecond, { rate: numberText(perSecond) })]),
    ...(tokens === undefined
      ? []
      : [
          `TTFT p99 ${millisecondsText(tokens.ttft.p99Ns)} ms`,
          `TPOT p99 ${millisecondsText(tokens.tpot.p99Ns)} ms`,
        ]),
  ];
}

/** The latency as the device told it, at the percentile that the scenario states of the host's. */
function deviceParts(
  scenario: RunSummary['scenario'],
  { deviceTimes }: Results,
  texts: Texts,
): string[] {
  if (deviceTimes === undefined) return [];
  const { p90Ns, p99Ns } = deviceTimes.device;
  const [name, ns] = scenario === 'single-stream' ? ['p90', p90Ns] : ['p99', p99Ns];
  return [fill(texts.byDevice, { percentile: name, ms: millisecondsText(ns) })];
}

/** Words heard, words missed, false detections. */
function streamParts(stream: NonNullable<Results['stream']>): string[] {
  const { truePositiveCount, falseNegativeCount, falsePositiveCount } = stream;
  return [`${truePositiveCount} TP`, `${falseNegativeCount} FN`, `${falsePositiveCount} FP`];
}

/** What the scenario is about, or what the audit decided, in parts that stay whole; empty without a result. Pure. */
export function keyResultParts({ scenario, results }: RunSummary, texts: Texts): string[] {
  if (results === null) return [];
  const { audit, peak, stream } = results;
  if (audit !== undefined) return [`${word(texts, audit.audit)}: ${word(texts, audit.decision)}`];
  if (stream !== undefined) return streamParts(stream);
  return [
    ...(peak === undefined ? loadParts(scenario, results, texts) : [peakText(peak, texts)]),
    ...deviceParts(scenario, results, texts),
    ...tokenParts(results, texts),
  ];
}
