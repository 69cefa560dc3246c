import {
  appended,
  detailFile,
  editTree,
  errorLine,
  withValue,
  type PlantedHole,
} from './edit-tree.ts';

type Change = (text: string) => string;

const without =
  (key: string): Change =>
  (text) =>
    text
      .split('\n')
      .filter((line) => !line.includes(`"key": "${key}"`))
      .join('\n');

/** A load of 102 queries at 50 a second with a mean of 1.999 s: 204 s at most. */
const shortLoad: Change = (text) =>
  [
    withValue('result_query_count', '102'),
    withValue('result_mean_latency_ns', '1999000000'),
    withValue('result_qps_with_loadgen_overhead', '50'),
  ].reduce((changed, change) => change(changed), text);

const resultsAfterOneSecond: Change = (text) =>
  text.replaceAll(/"time_ms": 60\d{4}\.\d+/g, '"time_ms": 1000.0');

const secondEstimate: Change = (text) => {
  const line = text.split('\n').find((one) => one.includes('early_stopping_latency_ss')) ?? '';
  return `${text}${withValue('early_stopping_latency_ss', '1')(line)}\n`;
};

/** What is wrong, the check that must name it, and the change of a single-stream log. */
const streamHoles: readonly (readonly [string, string, Change])[] = [
  ['INVALID validity', 'validity', withValue('result_validity', '"INVALID"')],
  ['a condition not met', 'validity-condition', withValue('result_min_duration_met', 'false')],
  ['an ERROR line in the performance log', 'log-error-line', appended(errorLine)],
  ['num_errors other than the errors', 'log-error-count', withValue('num_errors', '2')],
  ['a negative metric', 'metric-negative', withValue('early_stopping_latency_ss', '-5')],
  ['a NaN metric', 'metric-finite', withValue('early_stopping_latency_ss', 'NaN')],
  ['a NaN metric, as no JSON', 'log-line-json', withValue('early_stopping_latency_ss', 'nan')],
  ['a metric of 0', 'metric-zero', withValue('early_stopping_latency_ss', '0')],
  [
    'percentiles out of order',
    'metric-order',
    withValue('result_50.00_percentile_latency_ns', '9e12'),
  ],
  ['result_query_count 5', 'query-count', withValue('result_query_count', '5')],
  ['more queries than were generated', 'query-count', withValue('result_query_count', '302')],
  ['half a query', 'query-count', withValue('result_query_count', '300.5')],
  [
    'equal issue off',
    'equal-issue',
    withValue('effective_sample_concatenate_permutation', 'false'),
  ],
  ['half a pass', 'equal-issue', withValue('generated_query_count', '310')],
  ['a short duration setting', 'duration-setting', withValue('effective_min_duration_ms', '60000')],
  ['a load that was shorter than set', 'duration-measured', shortLoad],
  ['results dated before the end', 'duration-instants', resultsAfterOneSecond],
  [
    'early stopping that the counts do not give',
    'early-stopping',
    withValue('result_query_count', '63'),
  ],
  [
    'an estimate under its percentile',
    'early-stopping-estimate',
    withValue('early_stopping_latency_ss', '1999000001'),
  ],
  [
    'a small performance set',
    'performance-set-size',
    withValue('effective_performance_sample_count', '7'),
  ],
  ['a marked line that is no JSON', 'log-line-json', appended(':::MLLOG {"key": "x",')],
  ['a marked line without a value', 'log-line-shape', appended(':::MLLOG {"key": "x"}')],
  ['a first line that is not marked', 'log-first-line', (text) => `hello\n${text}`],
  ['a key with two values', 'log-key-repeated', secondEstimate],
  ['no seeds', 'log-key-missing', without('effective_qsl_rng_seed')],
  ['no validity', 'log-key-missing', without('result_validity')],
  ['seeds that are no numbers', 'seeds-wrong', withValue('effective_qsl_rng_seed', '1.5')],
  ['the log of another scenario', 'scenario-differs', withValue('effective_scenario', '"Offline"')],
  [
    'an accuracy log for performance',
    'mode-differs',
    withValue('effective_test_mode', '"AccuracyOnly"'),
  ],
];

/** The same of a server log. */
const serverHoles: readonly (readonly [string, string, Change])[] = [
  [
    'late queries that early stopping does not allow',
    'early-stopping',
    withValue('result_overlatency_query_count', '9'),
  ],
  [
    'completions that fall behind the schedule',
    'rate-completed',
    withValue('result_completed_samples_per_sec', '1.5'),
  ],
  ['a schedule other than asked for', 'rate-scheduled', withValue('effective_target_qps', '4')],
  [
    'a latency over the limit',
    'latency-limit',
    withValue('effective_target_latency_ns', '30000000'),
  ],
  [
    'queries that the server never issued',
    'query-count',
    withValue('generated_query_count', '1300'),
  ],
];

/** The same of an offline log. */
const offlineHoles: readonly (readonly [string, string, Change])[] = [
  [
    'a rate that samples and time do not give',
    'rate-offline',
    withValue('result_samples_per_second', '9000000'),
  ],
  [
    'samples that the offline query does not have',
    'query-count',
    withValue('result_query_count', '77'),
  ],
];

function planted(
  scenario: NonNullable<PlantedHole['scenario']>,
  holes: typeof streamHoles,
): PlantedHole[] {
  return holes.map(([hole, check, change]) => ({
    hole,
    scenario,
    check,
    plant: (tree) => editTree(tree, detailFile(tree), change),
  }));
}

/** What may be wrong in a performance log. */
export const holesInLogs: readonly PlantedHole[] = [
  ...planted('single-stream', streamHoles),
  ...planted('server', serverHoles),
  ...planted('offline', offlineHoles),
];
