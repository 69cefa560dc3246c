import { seededRandom } from './seeded-random.ts';

/** Where a wake word is said, in whole milliseconds from the start of the audio. */
export interface SceneWord {
  readonly startMs: number;
  readonly endMs: number;
}

/** Audio as a description: how long it is and where the wake word is said. */
export interface WakewordScene {
  readonly durationMs: number;
  /** In order, none overlapping. */
  readonly words: readonly SceneWord[];
}

/** From which chance places the words. */
export interface SceneRequest {
  readonly seed: number;
  readonly wordCount: number;
  /** At least six seconds a word. */
  readonly durationMs: number;
}

/** Nothing is said at the very start; after a word there is time for its detection before the next one. */
const leadMs = 1500;
const tailMs = 3000;

/** Version of the generator: its words change only with it. */
export const wakewordSceneVersion = '1.0.0';

/**
 * A scene from a seed: the audio is cut into as many equal parts as there are words, and each part has one, half a
 * second to nearly a second long, at a place that chance chooses. Pure.
 */
export function wakewordScene({ seed, wordCount, durationMs }: SceneRequest): WakewordScene {
  const random = seededRandom([seed, wordCount]);
  const partMs = durationMs / wordCount;
  const words = Array.from({ length: wordCount }, (_, index) => {
    const lengthMs = Math.round(random.between([500, 950]));
    const latestMs = Math.max(leadMs + 1, partMs - lengthMs - tailMs);
    const startMs = Math.round(index * partMs + random.between([leadMs, latestMs]));
    return { startMs, endMs: startMs + lengthMs };
  });
  return { durationMs, words };
}
