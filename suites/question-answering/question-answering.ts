import { defineSuite } from '#harness/contracts/define-suite.ts';

import { promptByteCount } from './encode-questions.ts';
import { questionClassNames } from './question-families.ts';
import { questionEvaluationCount, questionsVersion } from './synthetic-questions.ts';

/** Multiple-choice questions to a language model behind an endpoint; the word that it states first is its answer. */
export const questionAnswering = defineSuite({
  id: 'question-answering',
  version: '1.0.0',
  title: 'Question answering',
  boardModel: 'qa01',
  model: {
    file: 'fixtures/models/question-answering/tokenizer.json',
    sha256: 'aca11a2248e8757be0994d5c1e81f7cc60fdba9c07a0cdcc87dd36331a2d52fd',
    architecture: 'language model behind an endpoint; byte-level BPE tokenizer',
    inputElement: 'uint8',
    inputShape: [promptByteCount],
    outputLength: questionClassNames.length,
  },
  text: { maxTokens: 32 },
  // Token 0 of the tokenizer is <|end|>; the mean is that of the right answers to samples 0..31.
  tokens: { endTokenId: 0, referenceMeanTokens: 10.5625 },
  dataset: {
    id: 'synthetic-questions',
    version: questionsVersion,
    sampleCount: questionEvaluationCount,
    classNames: questionClassNames,
    sha256: '65fd6ccb9b38082d82b6d3422c62bc9e522a37204ab9cb960153bcc06cde853a',
    source: {
      kind: 'generated',
      encode: {
        moduleUrl: new URL('encode-questions.ts', import.meta.url).href,
        exportName: 'encodeQuestions',
      },
    },
  },
  accuracy: { metric: 'top-1', atLeast: 0.9 },
  performance: {
    minDurationMs: 1000,
    minQueryCount: 100,
    maxDurationMs: 60_000,
    queryDeadlineMs: 5000,
    percentile: 0.9,
    windowCount: 0,
    minWindowMs: 1000,
    sampleCount: 32,
    multiStream: { samplesPerQuery: 8 },
    server: { targetLatencyMs: 1000, targetQps: 20, ttftTargetMs: 200, tpotTargetMs: 20 },
  },
});
