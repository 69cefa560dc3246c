import { sampleSeed } from './sample-request.ts';
import type { SampleRequest } from './sample-request.ts';
import { seededRandom } from './seeded-random.ts';

/** Sets the order of labels apart from the content of the samples. */
const labelOrderWord = 0x6c61_6265;

/** The labels a data set deals out. */
export interface LabelDeck {
  /** The data set's own seed word. */
  readonly datasetWord: number;
  /** How many labels there are; 1..256. */
  readonly labelCount: number;
}

/** The numbers 0..count-1, shuffled by the seed (Fisher and Yates). */
function shuffledLabels(labelCount: number, seedWords: readonly number[]): readonly number[] {
  const random = seededRandom(seedWords);
  const labels: number[] = [];
  for (let label = 0; label < labelCount; label += 1) {
    const slot = random.below(label + 1);
    labels.push(labels[slot] ?? label);
    labels[slot] = label;
  }
  return labels;
}

/**
 * The label of a sample, dealt like cards: each block of `labelCount` samples holds every label once, in a shuffled
 * order. So any prefix of a split is balanced within one, and the index tells nothing about the label.
 */
export function balancedLabel(deck: LabelDeck, request: SampleRequest): number {
  const block = Math.floor(request.sampleIndex / deck.labelCount);
  const seedWords = sampleSeed(deck.datasetWord ^ labelOrderWord, {
    ...request,
    sampleIndex: block,
  });
  const label = shuffledLabels(deck.labelCount, seedWords)[request.sampleIndex % deck.labelCount];
  if (label === undefined) throw new RangeError(`no sample ${request.sampleIndex}`);
  return label;
}
