import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import type { StreamResult } from '#harness/contracts/records/stream-record.ts';

import { alignPower } from '../energy/align-power.ts';
import { meanPowerWatts } from '../energy/window-energy.ts';
import type { PowerBlocks } from '../raw/power-blocks.ts';
import { scoreDetections } from './detection-score.ts';
import { dutyCycleOf } from './duty-cycle.ts';
import type { StreamLog } from './stream-log.ts';

function meanWattsOf(power: PowerBlocks | undefined, log: StreamLog): number | null {
  const trace = power === undefined ? undefined : alignPower(power);
  return trace === undefined ? null : meanPowerWatts(trace, log);
}

/**
 * What a device heard in a stream, from what was recorded alone.
 *
 * @returns undefined when no stream was measured
 */
export function streamResult(
  raw: { readonly stream?: StreamLog; readonly power?: PowerBlocks },
  { stream: settings }: RunSettings,
): StreamResult | undefined {
  const { stream: log, power } = raw;
  if (log === undefined || settings === undefined) return undefined;
  const { toleranceMs, debounceMs, frameCountMax } = settings;
  const { words, detectionsMs: pulsesMs } = log;
  const { heard, missed, falseAtMs } = scoreDetections({
    pulsesMs,
    words,
    toleranceMs,
    debounceMs,
  });
  const edges = { startsNs: log.frameStartsNs, stopsNs: log.frameStopsNs };
  return {
    wordCount: words.length,
    truePositiveCount: heard.length,
    falseNegativeCount: missed.length,
    falsePositiveCount: falseAtMs.length,
    playedMs: ((log.playEndedAtNs - log.playStartedAtNs) / 1e6) * log.audioSpeed,
    pulseCount: pulsesMs.length,
    missedWordIndices: [...missed],
    falsePositiveAtMs: [...falseAtMs],
    dutyCycle: dutyCycleOf(edges, frameCountMax) ?? null,
    meanWatts: meanWattsOf(power, log),
  };
}
