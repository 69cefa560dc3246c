/** What a sample is for: learning, stopping in time, or the accuracy that is reported. */
export type SampleSplit = 'train' | 'validation' | 'evaluation';

/** Which sample of which split. */
export interface SampleRequest {
  readonly split: SampleSplit;
  /** Counts from 0; at most 2^32-1. Any split may be read as far as the caller likes. */
  readonly sampleIndex: number;
}

const splitWords: Readonly<Record<SampleSplit, number>> = {
  train: 0x7472_6169,
  validation: 0x7661_6c69,
  evaluation: 0x6576_616c,
};

/**
 * The seed of one sample. No two splits share a seed, so no sample of one is a sample of another.
 *
 * @param datasetWord - the data set's own number, whole, in 0..2^32-1
 */
export function sampleSeed(datasetWord: number, request: SampleRequest): readonly number[] {
  return [datasetWord, splitWords[request.split], request.sampleIndex];
}
