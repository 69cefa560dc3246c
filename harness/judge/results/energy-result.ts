import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { EnergyResult, PhaseSpan } from '#harness/contracts/records/run-record.ts';

import { alignPower, lostPowerSampleCount, powerSampleCount } from '../energy/align-power.ts';
import { meanPowerWatts, windowEnergy } from '../energy/window-energy.ts';
import type { PowerBlocks } from '../raw/power-blocks.ts';
import type { RawEvidence } from '../raw/raw-evidence.ts';
import { sumOf } from '../statistics/compensated-sum.ts';
import { median } from '../statistics/median.ts';

/** The phase in which the device is on and does nothing. */
const idlePhase = 'settling';

/** A window whose every sample was recorded. */
interface MeasuredWindow {
  readonly window: InferenceWindow;
  readonly joules: number;
  readonly sampleCount: number;
}

/** The windows that the recording covers whole, each with its energy. */
export function measuredWindows(raw: RawEvidence): MeasuredWindow[] {
  const trace = raw.power === undefined ? undefined : alignPower(raw.power);
  if (trace === undefined) return [];
  return (raw.windows ?? []).flatMap((window) => {
    const { joules, sampleCount, complete } = windowEnergy(trace, window);
    return complete ? [{ window, joules, sampleCount }] : [];
  });
}

function idleWatts(power: PowerBlocks, phases: readonly PhaseSpan[]): number | null {
  const trace = alignPower(power);
  const idle = phases.find((span) => span.phase === idlePhase);
  return trace === undefined || idle === undefined ? null : meanPowerWatts(trace, idle);
}

/**
 * Energy per inference over the windows, from recorded samples only.
 *
 * @returns undefined when no window was recorded whole
 */
export function energyResult(
  raw: RawEvidence,
  phases: readonly PhaseSpan[],
): EnergyResult | undefined {
  const { power } = raw;
  const trace = power === undefined ? undefined : alignPower(power);
  const measured = measuredWindows(raw);
  if (power === undefined || trace === undefined || measured.length === 0) return undefined;
  const windowMicrojoulesPerInference = measured.map(
    (part) => (part.joules * 1e6) / part.window.inferenceCount,
  );
  const joules = sumOf(measured.map((window) => window.joules));
  const windowsSampleCount = sumOf(measured.map((window) => window.sampleCount));
  return {
    microjoulesPerInference: median(windowMicrojoulesPerInference),
    windowMicrojoulesPerInference,
    meanWatts: (joules * trace.sampleRateHz) / windowsSampleCount,
    idleWatts: idleWatts(power, phases),
    sampleRateHz: trace.sampleRateHz,
    sampleCount: powerSampleCount(power),
    lostSampleCount: lostPowerSampleCount(power),
    clockOffsetUncertaintyNs: trace.offsetUncertaintyNs,
  };
}
