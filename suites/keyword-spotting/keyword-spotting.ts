import { defineSuite } from '#harness/contracts/define-suite.ts';

import {
  keywordEvaluationCount,
  keywordLabels,
  keywordsVersion,
} from '../datasets/synthetic-keywords.ts';

/** Twelve generated sound words with noise; small enough for the smallest board. */
export const keywordSpotting = defineSuite({
  id: 'keyword-spotting',
  version: '1.2.0',
  title: 'Keyword spotting',
  boardModel: 'kws01',
  model: {
    file: 'fixtures/models/keyword-spotting/ds-cnn.onnx',
    sha256: '7082df0c6af0b94f73838cddb1059e14f23b4474ab4eed2654baa14a5946e08d',
    architecture: 'DS-CNN',
    inputElement: 'int8',
    inputShape: [49, 10, 1],
    outputLength: 12,
  },
  dataset: {
    id: 'synthetic-keywords',
    version: keywordsVersion,
    sampleCount: keywordEvaluationCount,
    classNames: keywordLabels,
    sha256: '92b459b03ae5977c000ce47cc9bfc5026b1ec87487649d51540469e0591ac277',
    source: {
      kind: 'generated',
      encode: {
        moduleUrl: new URL('encode-keywords.ts', import.meta.url).href,
        exportName: 'encodeKeywords',
      },
    },
  },
  accuracy: { metric: 'top-1', atLeast: 0.9 },
  performance: {
    minDurationMs: 1000,
    minQueryCount: 100,
    maxDurationMs: 60_000,
    queryDeadlineMs: 2000,
    percentile: 0.9,
    windowCount: 5,
    minWindowMs: 10_000,
    sampleCount: 32,
    multiStream: { samplesPerQuery: 8 },
    server: { targetLatencyMs: 50, targetQps: 20 },
  },
});
