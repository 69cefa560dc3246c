import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';

/** What the rules demand of every performance run. */
const officialDurationMs = 600_000;
/** Durations are worked out from rounded numbers. */
const tolerance = 0.01;

function settingFindings({ file, content }: LogView): Finding[] {
  const setting = content.number('effective_min_duration_ms');
  if (setting === undefined || setting >= officialDurationMs) return [];
  const { line } = content.find('effective_min_duration_ms') ?? {};
  const message = `effective_min_duration_ms is ${setting}; the rules want ${officialDurationMs}.`;
  return [finding('error', { file, line }, { check: 'duration-setting', message })];
}

/** n queries at this rate last (n - 1) / rate. */
function lastedMs(
  queryCount: number | undefined,
  perSecond: number | undefined,
): number | undefined {
  if (queryCount === undefined || perSecond === undefined || !(perSecond > 0)) return undefined;
  return ((queryCount - 1) * 1000) / perSecond;
}

/** How long the load lasted by its own numbers, in milliseconds: the longest that any of them allows. */
function measuredMs({ content, scenario }: LogView): { key: string; ms: number } | undefined {
  const count = content.number('result_query_count');
  const meanNs =
    content.number('result_mean_query_latency_ns') ?? content.number('result_mean_latency_ns');
  const candidates: (readonly [string, number | undefined])[] =
    scenario === 'Offline'
      ? [['result_max_latency_ns', (content.number('result_max_latency_ns') ?? Number.NaN) / 1e6]]
      : scenario === 'Server'
        ? [
            [
              'result_scheduled_samples_per_sec',
              lastedMs(count, content.number('result_scheduled_samples_per_sec')),
            ],
          ]
        : [
            ['result_mean_latency_ns', ((count ?? Number.NaN) * (meanNs ?? Number.NaN)) / 1e6],
            [
              'result_qps_with_loadgen_overhead',
              lastedMs(count, content.number('result_qps_with_loadgen_overhead')),
            ],
          ];
  const known = candidates.flatMap(([key, ms]) =>
    ms === undefined || Number.isNaN(ms) ? [] : [{ key, ms }],
  );
  return known.toSorted((one, other) => other.ms - one.ms)[0];
}

function measuredFindings(view: LogView, limitMs: number): Finding[] {
  const { file, content } = view;
  const measured = measuredMs(view);
  if (measured === undefined) {
    const message = 'The log does not say how long the load lasted.';
    return [finding('error', { file }, { check: 'duration-unknown', message })];
  }
  if (measured.ms >= limitMs * (1 - tolerance)) return [];
  const { line } = content.find('result_query_count') ?? {};
  const message = `By ${measured.key} and the number of queries the load lasted ${Math.round(measured.ms)} ms, not ${limitMs} ms.`;
  return [finding('error', { file, line }, { check: 'duration-measured', message })];
}

/** Results cannot be known before the load has lasted as long as it had to. */
function instantFindings({ file, content }: LogView, limitMs: number): Finding[] {
  const result = content.find('result_validity');
  if (result?.atMs === undefined || result.atMs >= limitMs * (1 - tolerance)) return [];
  const message = `The results are dated ${Math.round(result.atMs)} ms after the start, before ${limitMs} ms.`;
  return [finding('error', { file, line: result.line }, { check: 'duration-instants', message })];
}

/** The load was to last as long as the rules want, and it did. */
export function checkDuration(view: LogView): Finding[] {
  if (view.leg === 'accuracy') return [];
  const setting = view.content.number('effective_min_duration_ms') ?? officialDurationMs;
  const limitMs = Number.isFinite(setting) ? setting : officialDurationMs;
  return [
    ...settingFindings(view),
    ...measuredFindings(view, limitMs),
    ...instantFindings(view, limitMs),
  ];
}
