import { defineSuite } from '#harness/contracts/define-suite.ts';

import { wakewordSceneVersion } from '../datasets/wakeword-scene.ts';
import { wakewordAudio } from './encode-wakewords.ts';

/** SHA-256 of nothing: the model is on the board alone, no file of it is handed out or checked. */
const noModelFile = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Fifty wake words in twenty minutes of audio, which the board hears by itself. The audio lies on the card of the
 * interface board; its words are the data set. Scoring is pure and lies where the judge finds it: harness/judge/stream.
 */
export const streamingWakeword = defineSuite({
  id: 'streaming-wakeword',
  version: '1.0.0',
  title: 'Streaming wake word',
  boardModel: 'sww01',
  model: {
    file: '.',
    sha256: noModelFile,
    architecture: '1D DS-CNN, as the board holds it; not checked by the host',
    inputElement: 'int8',
    inputShape: [1, 30, 1, 40],
    outputLength: 3,
  },
  dataset: {
    id: 'seeded-wakewords',
    version: wakewordSceneVersion,
    sampleCount: wakewordAudio.wordCount,
    classNames: ['wake word'],
    sha256: '78c6cb7925c9660f4c801bb8579a7a95208b45b0a42e3602341c231826ff2311',
    source: {
      kind: 'generated',
      encode: {
        moduleUrl: new URL('encode-wakewords.ts', import.meta.url).href,
        exportName: 'encodeWakewords',
      },
    },
  },
  accuracy: { metric: 'top-1', atLeast: 0 },
  stream: {
    audioFile: 'wakewords.wav',
    durationMs: wakewordAudio.durationMs,
    falsePositiveCountMax: 8,
    falseNegativeCountMax: 8,
  },
  performance: {
    minDurationMs: 0,
    minQueryCount: 1,
    maxDurationMs: 1_800_000,
    queryDeadlineMs: 1_800_000,
    percentile: 0.9,
    windowCount: 0,
    minWindowMs: 1000,
    sampleCount: 1,
  },
});
