import { describe, expect, it } from 'vitest';

import { balancedLabel } from './balanced-label.ts';

const deck = { datasetWord: 7, labelCount: 10 } as const;

function labelCounts(sampleCount: number): number[] {
  const counts = Array.from({ length: deck.labelCount }, () => 0);
  for (let sampleIndex = 0; sampleIndex < sampleCount; sampleIndex += 1) {
    const label = balancedLabel(deck, { split: 'train', sampleIndex });
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

function blockLabels(block: number): number[] {
  return Array.from({ length: 10 }, (_, card) =>
    balancedLabel(deck, { split: 'train', sampleIndex: block * 10 + card }),
  );
}

describe('balanced label', () => {
  it('deals each of 10 labels 20 times in 200 samples', () => {
    expect(labelCounts(200)).toEqual(Array.from({ length: 10 }, () => 20));
  });

  it('stays within one of balance after 137 samples', () => {
    const counts = labelCounts(137);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('deals block 0 and block 1 in different orders', () => {
    expect(blockLabels(0)).not.toEqual(blockLabels(1));
  });
});
