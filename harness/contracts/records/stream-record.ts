import { Type, type Static } from 'typebox';

const Count = Type.Integer({ minimum: 0 });

/** What a device that listens to a stream is played, and what its answers are judged by. */
export const StreamSettingsSchema = Type.Object(
  {
    audioFile: Type.String({ minLength: 1, description: 'as the player of the board names it' }),
    durationMs: Type.Number({ exclusiveMinimum: 0, description: 'length of the audio' }),
    wordCount: Type.Integer({ minimum: 1 }),
    toleranceMs: Type.Number({
      minimum: 0,
      description: 'a detection counts for a word until so long after its end',
    }),
    debounceMs: Type.Number({
      minimum: 0,
      description: 'false detections within this time after one are one',
    }),
    falsePositiveCountMax: Count,
    falseNegativeCountMax: Count,
    frameCountMax: Type.Integer({ minimum: 2, description: 'frames that the recorder keeps' }),
    framePeriodMs: Type.Number({ exclusiveMinimum: 0 }),
    periodVariationMax: Type.Number({
      exclusiveMinimum: 0,
      description: 'longest minus shortest period, as a share of the mean',
    }),
  },
  { additionalProperties: false },
);
export type StreamSettings = Static<typeof StreamSettingsSchema>;

/** How much of the time the device computes, from the frames that the recorder kept. */
export const DutyCycleSchema = Type.Object({
  frameCount: Count,
  meanOnNs: Type.Number({ description: 'time to process one frame' }),
  meanPeriodNs: Type.Number(),
  dutyCycle: Type.Number({ description: 'meanOnNs / meanPeriodNs, a fraction' }),
  periodVariation: Type.Number({ description: '(longest - shortest) / mean period' }),
  inferencesPerSecond: Type.Number({ description: '1 / meanOnNs: what it could do' }),
});
export type DutyCycle = Static<typeof DutyCycleSchema>;

/** What a device heard in a stream. */
export const StreamResultSchema = Type.Object({
  wordCount: Count,
  truePositiveCount: Count,
  falseNegativeCount: Count,
  falsePositiveCount: Type.Integer({ minimum: 0, description: 'debounced' }),
  playedMs: Type.Number({ description: 'of the audio, as the host stamped start and end' }),
  pulseCount: Type.Integer({
    minimum: 0,
    description: 'of the detection pin; the first marks the start of the audio',
  }),
  missedWordIndices: Type.Array(Count),
  falsePositiveAtMs: Type.Array(Type.Number(), { description: 'from the start of the audio' }),
  dutyCycle: Type.Union([DutyCycleSchema, Type.Null()]),
  meanWatts: Type.Union([Type.Number(), Type.Null()], {
    description: 'from start to stop of listening; null without a meter',
  }),
});
export type StreamResult = Static<typeof StreamResultSchema>;
