import { streamWordByteCount, type EncodedSamples } from '#harness/contracts/define-suite.ts';

import { wakewordScene } from '../datasets/wakeword-scene.ts';

/** What is played: twenty minutes with fifty wake words, as in the field's benchmark. */
export const wakewordAudio = { seed: 1, wordCount: 50, durationMs: 1_200_000 } as const;

/**
 * Words `first` to `first + count - 1` of the audio, 8 bytes each: start and end in milliseconds, two u32,
 * little-endian. All are of class 0. A pool function.
 */
export function encodeWakewords(range: {
  readonly first: number;
  readonly count: number;
}): EncodedSamples {
  const { words } = wakewordScene(wakewordAudio);
  const bytes = new Uint8Array(range.count * streamWordByteCount);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.slice(range.first, range.first + range.count).entries()) {
    view.setUint32(index * streamWordByteCount, word.startMs, true);
    view.setUint32(index * streamWordByteCount + 4, word.endMs, true);
  }
  return { bytes, labels: new Uint8Array(range.count) };
}
