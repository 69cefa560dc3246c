import type { RuleOutcome } from '#harness/contracts/records/run-record.ts';
import type { StreamResult, StreamSettings } from '#harness/contracts/records/stream-record.ts';

import { ruled, type RuleContext } from '../rules/rule-context.ts';

/** What the rules of a stream judge. */
interface StreamFacts {
  readonly settings: StreamSettings;
  /** Undefined: nothing was recorded. */
  readonly result: StreamResult | undefined;
}

/** Host stamps of start and end are late by some milliseconds, which a quick simulator magnifies. */
const playedShareMin = 0.95;
/** Frames at the edges of the audio that the recorder may miss. */
const edgeFrameCount = 2;

/** The first pulse marks the start of the audio: without it no detection has a time. */
function startPulse({ result }: StreamFacts): RuleOutcome {
  const measured = result?.pulseCount ?? 0;
  return ruled({
    rule: 'stream-start',
    met: measured >= 1,
    measured,
    limit: 1,
    unit: 'pulses',
    advice:
      'No pulse of the detection pin arrived, not even the one that marks the start of the audio: check that wire, the ground and the level shifter.',
  });
}

/** The file was as long as the suite says: of a shorter one words would be missing, not missed. */
function streamPlayed({ settings, result }: StreamFacts): RuleOutcome {
  const measured = result?.playedMs ?? 0;
  const limit = settings.durationMs * playedShareMin;
  return ruled({
    rule: 'stream-played',
    met: measured >= limit,
    measured,
    limit,
    unit: 'ms',
    advice: `The audio is shorter than the suite says: check that ${settings.audioFile} on the card is the right file.`,
  });
}

function expectedFrameCount({ frameCountMax, durationMs, framePeriodMs }: StreamSettings): number {
  const played = Math.floor(durationMs / framePeriodMs) - edgeFrameCount;
  return Math.max(2, Math.min(frameCountMax, played));
}

/** All words were there to be heard, and the device worked on as many frames as the audio has, or the recorder keeps. */
function streamComplete({ settings, result }: StreamFacts): RuleOutcome {
  const measured = result?.dutyCycle?.frameCount ?? 0;
  const limit = expectedFrameCount(settings);
  const hasWords = result?.wordCount === settings.wordCount;
  return ruled({
    rule: 'stream-complete',
    met: hasWords && measured >= limit,
    measured,
    limit,
    unit: 'frames',
    advice: hasWords
      ? `Only ${measured} of ${limit} frames have both edges of the processing pin: check that wire, and that the device is not too slow for one frame every ${settings.framePeriodMs} ms.`
      : `The word list has ${result?.wordCount ?? 0} words and ${settings.wordCount} are asked for: run again.`,
  });
}

/** Frames come in the period of the audio; the field's public runner warns, here the duty cycle is not usable. */
function periodRegular({ settings, result }: StreamFacts): RuleOutcome[] {
  const dutyCycle = result?.dutyCycle ?? undefined;
  if (dutyCycle === undefined) return [];
  const measured = dutyCycle.periodVariation;
  const limit = settings.periodVariationMax;
  return [
    ruled({
      rule: 'frame-period-regular',
      met: measured <= limit,
      measured,
      limit,
      unit: 'fraction',
      advice:
        'The period between frames varies: edges were lost or the device skips frames; check the processing wire, then the load of the device.',
    }),
  ];
}

function detectionLimits({ settings, result }: StreamFacts): RuleOutcome[] {
  if (result === undefined) return [];
  const { falseNegativeCount, falsePositiveCount, wordCount } = result;
  return [
    ruled({
      rule: 'false-negatives',
      kind: 'limit',
      met: falseNegativeCount <= settings.falseNegativeCountMax,
      measured: falseNegativeCount,
      limit: settings.falseNegativeCountMax,
      unit: 'words',
      advice: `${falseNegativeCount} of ${wordCount} words were not heard: check volume and wiring of the audio, then the detection threshold.`,
    }),
    ruled({
      rule: 'false-positives',
      kind: 'limit',
      met: falsePositiveCount <= settings.falsePositiveCountMax,
      measured: falsePositiveCount,
      limit: settings.falsePositiveCountMax,
      unit: 'detections',
      advice: `${falsePositiveCount} detections are outside every word: raise the detection threshold.`,
    }),
  ];
}

/** The rules of a stream; none of a run that was no stream. Pure. */
export function streamRules({ settings, results }: RuleContext): RuleOutcome[] {
  const { stream } = settings;
  if (stream === undefined) return [];
  const facts = { settings: stream, result: results.stream };
  return [
    startPulse(facts),
    streamPlayed(facts),
    streamComplete(facts),
    ...periodRegular(facts),
    ...detectionLimits(facts),
  ];
}
