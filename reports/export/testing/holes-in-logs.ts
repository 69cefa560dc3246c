import {
  appended,
  detailFile,
  editTree,
  errorLine,
  withValue,
  type PlantedHole,
} from './edit-tree.ts';
import type { TestTree } from './exported-tree.ts';

const without =
  (key: string) =>
  (text: string): string =>
    text
      .split('\n')
      .filter((line) => !line.includes(`"key": "${key}"`))
      .join('\n');

const inDetail =
  (change: (text: string) => string) =>
  (tree: TestTree): Promise<void> =>
    editTree(tree, detailFile(tree), change);

/** What may be wrong in a performance log. */
export const holesInLogs: readonly PlantedHole[] = [
  {
    hole: 'INVALID validity',
    plant: inDetail(withValue('result_validity', '"INVALID"')),
    check: 'validity',
  },
  {
    hole: 'a condition not met',
    plant: inDetail(withValue('result_min_duration_met', 'false')),
    check: 'validity-condition',
  },
  {
    hole: 'an ERROR line in the performance log',
    plant: inDetail(appended(errorLine)),
    check: 'log-error-line',
  },
  {
    hole: 'num_errors other than the errors',
    plant: inDetail(withValue('num_errors', '2')),
    check: 'log-error-count',
  },
  {
    hole: 'a negative metric',
    plant: inDetail(withValue('early_stopping_latency_ss', '-5')),
    check: 'metric-negative',
  },
  {
    hole: 'a NaN metric',
    plant: inDetail(withValue('early_stopping_latency_ss', 'NaN')),
    check: 'metric-finite',
  },
  {
    hole: 'a metric of 0',
    plant: inDetail(withValue('early_stopping_latency_ss', '0')),
    check: 'metric-zero',
  },
  {
    hole: 'percentiles out of order',
    plant: inDetail(withValue('result_50.00_percentile_latency_ns', '9e12')),
    check: 'metric-order',
  },
  {
    hole: 'result_query_count 5',
    plant: inDetail(withValue('result_query_count', '5')),
    check: 'query-count',
  },
  {
    hole: 'more queries than were generated',
    plant: inDetail(withValue('result_query_count', '302')),
    check: 'query-count',
  },
  {
    hole: 'half a query',
    plant: inDetail(withValue('result_query_count', '300.5')),
    check: 'query-count',
  },
  {
    hole: 'equal issue off',
    plant: inDetail(withValue('effective_sample_concatenate_permutation', 'false')),
    check: 'equal-issue',
  },
  {
    hole: 'half a pass',
    plant: inDetail(withValue('generated_query_count', '310')),
    check: 'equal-issue',
  },
];
