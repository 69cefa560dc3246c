import type { PeakProbe, PeakResult } from '#harness/contracts/records/load-results.ts';
import type { PeakSettings } from '#harness/contracts/records/load-settings.ts';
import {
  peakBracket,
  searchConfidence,
  type ProbePoint,
} from '#harness/judge/peak/peak-bracket.ts';
import type { ProbeFindings, ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';

import type { LoadEnd } from '../load-end.ts';
import { nextPeakStep, type PeakSearch, type PeakStep } from './peak-search.ts';

/** What came of a probe. */
export interface ProbeOutcome {
  /** Its query log inside the bundle. */
  readonly file: string;
  readonly endedBy: LoadEnd['endedBy'];
  /** `probeFindings` of that log. */
  readonly findings: ProbeFindings;
  /** The stated percentile of its latencies; null when no query completed. */
  readonly percentileNs: number | null;
}

/** A search for the highest rate. */
export interface FindPeakOptions {
  readonly settings: PeakSettings;
  /** In 0 < p < 1. */
  readonly percentile: number;
  readonly targetLatencyNs: number;
  /**
   * Runs a server load at the rate for at most `maxDurationMs`, ended early by `probeWatch(question).isDecided`, and
   * reads its log. What the device still has to answer is answered, or given up, before it returns.
   */
  readonly runProbe: (question: ProbeQuestion, signal: AbortSignal) => Promise<ProbeOutcome>;
  readonly onProbe?: (probe: PeakProbe) => void;
  readonly signal: AbortSignal;
}

/** What a search found, and why it ended. */
export interface FoundPeak {
  readonly result: PeakResult;
  readonly because: Extract<PeakStep, { do: 'end' }>['because'];
}

function peakProbe(question: ProbeQuestion, outcome: ProbeOutcome): PeakProbe {
  const { findings, file, percentileNs } = outcome;
  return {
    file,
    targetQps: question.targetQps,
    queryCount: findings.queryCount,
    overLimitCount: findings.overLimitCount,
    durationMs: findings.durationMs,
    percentileNs,
    decision: findings.decision,
    endedEarly: outcome.endedBy === 'decided' || outcome.endedBy === 'overloaded',
  };
}

/**
 * Searches the highest rate that holds its latency limit, a probe after the other. An undecided probe near the peak is
 * repeated once, twice as long; undecided again, its rate counts as broken.
 *
 * @throws what `runProbe` throws; the signal's reason when it aborts
 */
export async function findPeak(options: FindPeakOptions): Promise<FoundPeak> {
  const { settings, percentile, targetLatencyNs, signal } = options;
  const search: PeakSearch = { settings, percentile };
  const history: ProbePoint[] = [];
  const probes: PeakProbe[] = [];
  for (;;) {
    signal.throwIfAborted();
    const step = nextPeakStep(search, history);
    if (step.do === 'end') {
      const { holdsQps = null, breaksQps = null } = peakBracket(history, settings);
      const result = { peakQps: holdsQps, breaksAtQps: breaksQps, confidence: searchConfidence };
      return { result: { ...result, probes }, because: step.because };
    }
    const { targetQps, minDurationMs, maxDurationMs } = step;
    const fullDurationMs = settings.probeMaxDurationMs;
    const lengths = { minDurationMs, maxDurationMs, fullDurationMs };
    const question = { targetQps, targetLatencyNs, percentile, ...lengths };
    const outcome = await options.runProbe(question, signal);
    const probe = peakProbe(question, outcome);
    history.push({ targetQps, endedEarly: probe.endedEarly, findings: outcome.findings });
    probes.push(probe);
    options.onProbe?.(probe);
  }
}
