import { defineSuite } from '#harness/contracts/define-suite.ts';

import { shapeEvaluationCount, shapeLabels, shapesVersion } from '../datasets/synthetic-shapes.ts';

/** Ten generated coloured shapes with clutter. */
export const imageClassification = defineSuite({
  id: 'image-classification',
  version: '1.2.0',
  title: 'Image classification',
  boardModel: 'ic01',
  model: {
    file: 'fixtures/models/image-classification/resnet-8.onnx',
    sha256: 'c16897790079d61a83721a5c0414a8cc56446f87d081ed2bb45f2842368da738',
    architecture: 'ResNet-8',
    inputElement: 'uint8',
    inputShape: [32, 32, 3],
    outputLength: 10,
  },
  dataset: {
    id: 'synthetic-shapes',
    version: shapesVersion,
    sampleCount: shapeEvaluationCount,
    classNames: shapeLabels,
    sha256: '5d6d1582347ca96fc7df986256e1d632d67fc6433f9eb2d11d03c6e36dd02ae0',
    source: {
      kind: 'generated',
      encode: {
        moduleUrl: new URL('encode-shapes.ts', import.meta.url).href,
        exportName: 'encodeShapes',
      },
    },
  },
  accuracy: { metric: 'top-1', atLeast: 0.85 },
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
    server: { targetLatencyMs: 100, targetQps: 10 },
  },
});
