import type { LogView } from './log-view.ts';

const always = [
  ['effective_scenario'],
  ['effective_qsl_rng_seed'],
  ['effective_sample_index_rng_seed'],
  ['effective_schedule_rng_seed'],
  ['effective_performance_sample_count'],
] as const;

const byScenario: Readonly<Record<string, readonly (readonly string[])[]>> = {
  SingleStream: [['early_stopping_met'], ['early_stopping_latency_ss']],
  MultiStream: [
    ['early_stopping_met'],
    ['early_stopping_latency_ms'],
    ['effective_samples_per_query'],
  ],
  Server: [
    ['early_stopping_met'],
    ['result_completed_samples_per_sec', 'result_completed_tokens_per_second'],
    ['result_scheduled_samples_per_sec'],
  ],
  Offline: [
    ['effective_samples_per_query'],
    ['effective_min_query_count'],
    ['result_samples_per_second', 'result_tokens_per_second'],
  ],
};

/** Whether the log is of a model that answers token by token. */
export function usesTokens({ content }: LogView): boolean {
  const value = content.find('requested_use_token_latencies')?.value;
  return value === true || value === 1 || value === '1';
}

function tokenKeys(view: LogView): (readonly string[])[] {
  const { official } = view.folder;
  const expected = official?.server !== undefined || usesTokens(view);
  if (!expected) return [];
  const limited = view.scenario === 'Server';
  return [
    ['requested_use_token_latencies'],
    [limited ? 'result_completed_tokens_per_second' : 'result_tokens_per_second'],
    ...(limited
      ? [
          ['result_first_token_99.00_percentile_latency_ns'],
          ['result_time_per_output_token_99.00_percentile_ns'],
        ]
      : []),
  ];
}

/**
 * The keys that a log must hold; of each entry one is enough.
 *
 * @see protocol sheet "load generation", section 3: the keys that the checker really needs, and those our checks need
 */
export function neededKeys(view: LogView): (readonly string[])[] {
  if (view.leg === 'accuracy')
    return [...always, ['effective_accuracy_sample_count', 'qsl_reported_total_count']];
  const hasLimit =
    view.scenario === 'Server' && view.folder.official?.serverLatencyMs !== undefined;
  return [
    ...always,
    ['effective_min_duration_ms'],
    ['result_validity'],
    ['result_query_count'],
    ['generated_query_count'],
    ...(byScenario[view.scenario] ?? []),
    ...(hasLimit ? [['effective_target_latency_ns']] : []),
    ...tokenKeys(view),
  ];
}
