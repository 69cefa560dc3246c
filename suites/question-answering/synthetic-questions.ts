import { balancedLabel } from '#suites/datasets/balanced-label.ts';
import { sampleSeed, type SampleRequest } from '#suites/datasets/sample-request.ts';
import { seededRandom } from '#suites/datasets/seeded-random.ts';

import { questionClassNames, questionFor } from './question-families.ts';

/** Samples in the evaluation split; reported accuracy is over samples 0..399. */
export const questionEvaluationCount = 400;

/** Moves whenever a byte of any sample moves. */
export const questionsVersion = '1.0.0';

/** One prompt, the class that answers it, and a right answer written out. */
export interface QuestionSample {
  readonly prompt: string;
  /** Index into `questionClassNames`. */
  readonly label: number;
  /** In the form that the prompt asks for. */
  readonly answer: string;
}

const datasetWord = 0x7161_0100;

/** A multiple-choice question of general sense; the words of the choices are the classes. */
export function questionSample(request: SampleRequest): QuestionSample {
  const label = balancedLabel({ datasetWord, labelCount: questionClassNames.length }, request);
  const word = questionClassNames[label];
  if (word === undefined) throw new RangeError(`no class ${label}`);
  const random = seededRandom(sampleSeed(datasetWord, request));
  const { text, choices, reason } = questionFor(word, random);
  const prompt = [
    `Question: ${text}`,
    `Choices: ${choices.join(', ')}`,
    'Say the right choice first, then the reason in one short sentence.',
    'Answer:',
  ].join('\n');
  return { prompt, label, answer: `${word}, because ${reason}.` };
}
