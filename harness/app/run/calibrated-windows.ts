import type { InferenceWindow } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { windowDurationNs } from '#harness/judge/raw/windows.ts';

/** A throughput window that came out short is repeated with a larger count this often at most. */
const windowRepeatCountMax = 4;
/** How much longer than needed a window is planned, so that jitter does not make it short. */
const windowMargin = 1.1;
/** Fewer inferences make no window, however long they take (MLPerf Tiny rules, EEMBC runner). */
const inferenceCountMin = 10;
/** A probe of this length tells the pace to 0.5 % even by a timer that counts milliseconds. */
const probeMs = 200;
const probeCountMax = 4;
/** What a timer may miss that counts milliseconds; a probe that it did not see at all took less. */
const tickNs = 1e6;

/** One window to ask the device for. */
export interface WindowPlan {
  readonly sampleIndex: number;
  readonly inferenceCount: number;
}

/** What the windows of a run are measured with. */
export interface WindowMeasurement {
  readonly windowCount: number;
  readonly minWindowMs: number;
  /** Samples there are; each window takes another one as long as they last, the first ones of the set. */
  readonly sampleCount: number;
  /** Of one inference, as a first guess for the probe. */
  readonly latencyNs: number;
  readonly ask: (plan: WindowPlan) => Promise<InferenceWindow>;
  readonly onWindow: (index: number) => void;
  readonly onShort: (window: InferenceWindow) => void;
}

/** Inferences that take `neededMs` and a tenth more at the pace of a window that was measured, at least 10. Pure. */
export function plannedCount(measured: InferenceWindow, neededMs: number): number {
  const eachNs = Math.max(windowDurationNs(measured), tickNs) / measured.inferenceCount;
  return Math.max(inferenceCountMin, Math.ceil(((neededMs * 1e6) / eachNs) * windowMargin));
}

/**
 * A short window that is thrown away: it tells the pace by the timer that the real ones are measured with, without
 * what the host and the line add to single inferences.
 */
async function probe({ ask, latencyNs }: WindowMeasurement): Promise<InferenceWindow> {
  let inferenceCount = Math.max(1, Math.ceil((probeMs * 1e6) / Math.max(latencyNs, 1)));
  for (let tryCount = 1; ; tryCount += 1) {
    const window = await ask({ sampleIndex: 0, inferenceCount });
    const isLong = windowDurationNs(window) >= (probeMs / 2) * 1e6;
    if (isLong || tryCount === probeCountMax) return window;
    inferenceCount = plannedCount(window, probeMs);
  }
}

/** One window of at least the wanted length; short ones are repeated with a larger count. */
async function longWindow(
  { ask, minWindowMs, onShort }: WindowMeasurement,
  plan: WindowPlan,
): Promise<InferenceWindow> {
  let { inferenceCount } = plan;
  for (let attempt = 0; attempt < windowRepeatCountMax; attempt += 1) {
    const window = await ask({ ...plan, inferenceCount });
    if (windowDurationNs(window) >= minWindowMs * 1e6) return window;
    onShort(window);
    inferenceCount = Math.max(inferenceCount + 1, plannedCount(window, minWindowMs));
  }
  const message = `no window of ${minWindowMs} ms in ${windowRepeatCountMax} tries`;
  throw labError('run/window-too-short', message);
}

/**
 * The throughput windows of section 2 of the MLPerf Tiny rules: each at least `minWindowMs` long by the device's own
 * timer where it has one, at least 10 inferences each, different inputs, and a count that comes from a short probe;
 * nobody edits it. The count stays the same from window to window unless one was short.
 *
 * @throws LabError run/window-too-short, and what `ask` throws
 */
export async function calibratedWindows(
  measurement: WindowMeasurement,
): Promise<readonly InferenceWindow[]> {
  const { windowCount, minWindowMs, sampleCount, onWindow } = measurement;
  const windows: InferenceWindow[] = [];
  if (windowCount === 0) return windows;
  let inferenceCount = plannedCount(await probe(measurement), minWindowMs);
  for (let index = 0; index < windowCount; index += 1) {
    onWindow(index);
    const plan = { sampleIndex: index % sampleCount, inferenceCount };
    const window = await longWindow(measurement, plan);
    windows.push(window);
    ({ inferenceCount } = window);
  }
  return windows;
}
