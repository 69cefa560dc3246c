import { describe, expect, it } from 'vitest';

import { hasHostReference, sampleByteCount } from '#harness/contracts/define-suite.ts';

import { wakewordScene } from '../datasets/wakeword-scene.ts';
import { datasetSha256 } from '../runtime/dataset-layout.ts';
import { encodeWakewords, wakewordAudio } from './encode-wakewords.ts';
import { streamingWakeword } from './streaming-wakeword.ts';

describe('the streaming wake-word suite', () => {
  it('names the hash of the words that its generator makes, in one piece and in two', () => {
    const whole = encodeWakewords({ first: 0, count: 50 });
    expect(datasetSha256(whole)).toBe(streamingWakeword.dataset.sha256);
    const second = encodeWakewords({ first: 30, count: 20 });
    expect(second.bytes).toEqual(whole.bytes.subarray(240));
  });

  it('has 50 words of 8 bytes in 1200 s and no model that the host could run', () => {
    expect(streamingWakeword.dataset.sampleCount).toBe(50);
    expect(streamingWakeword.stream?.durationMs).toBe(1_200_000);
    expect(sampleByteCount(streamingWakeword)).toBe(8);
    expect(hasHostReference(streamingWakeword)).toBe(false);
  });
});

describe('a scene of wake words', () => {
  it('leaves each word three seconds and more before the next begins, inside the audio', () => {
    const { words, durationMs } = wakewordScene(wakewordAudio);
    for (const [index, word] of words.entries()) {
      expect(word.endMs).toBeGreaterThan(word.startMs);
      const nextMs = words[index + 1]?.startMs ?? durationMs;
      expect(nextMs - word.endMs).toBeGreaterThanOrEqual(3000);
    }
  });

  it('is the same for the same seed and another for another', () => {
    expect(wakewordScene(wakewordAudio)).toEqual(wakewordScene({ ...wakewordAudio }));
    expect(wakewordScene({ ...wakewordAudio, seed: 2 })).not.toEqual(wakewordScene(wakewordAudio));
  });
});
