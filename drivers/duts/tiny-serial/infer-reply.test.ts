import { describe, expect, it } from 'vitest';

import { lapMicroseconds, readEnergyInferReply, readInferReply } from './infer-reply.ts';
import { runningSilenceMs } from './infer.ts';
import { parseTinyLine } from './protocol.ts';
import type { Reply } from './reply.ts';

const whole = [
  'm-warmup-start-0',
  'm-warmup-done',
  'm-infer-start-5',
  'm-lap-us-1000',
  'm-lap-us-51000',
  'm-infer-done',
  'm-results-[0.250,0.750]',
];

/** The lines as a reply; line k arrives at instant 100 * k. */
function replyOf(lines: readonly string[], isComplete = true): Reply {
  return {
    isComplete,
    messages: lines.map((line) => parseTinyLine(line)),
    arrivedAtNs: lines.map((_, index) => index * 100),
  };
}

const kindOf = (lines: readonly string[], isComplete = true): string =>
  readInferReply(replyOf(lines, isComplete), 5, 2).kind;

const without = (line: string): string[] => whole.filter((other) => other !== line);
const replaced = (line: string, by: string): string[] =>
  whole.map((other) => (other === line ? by : other));

describe('the reply to infer', () => {
  it('gives the arrival of both laps, the duration of the timer and the values', () => {
    expect(readInferReply(replyOf(whole), 5, 2)).toMatchObject({
      kind: 'whole',
      startedAtNs: 300,
      endedAtNs: 400,
      deviceDurationNs: 50_000_000,
      values: Float32Array.of(0.25, 0.75),
    });
  });

  it('may have debug lines anywhere', () => {
    expect(kindOf(whole.flatMap((line) => ['noise', line]))).toBe('whole');
  });

  it.each(whole.slice(0, -1))('without %s is damaged', (line) => {
    expect(kindOf(without(line))).toBe('damaged');
  });

  it('is damaged when a marker stands twice or out of order', () => {
    expect(kindOf([...whole, 'm-lap-us-5'])).toBe('damaged');
    expect(kindOf(whole.toReversed())).toBe('damaged');
  });

  it('is damaged when the counts are not those asked for', () => {
    expect(kindOf(replaced('m-infer-start-5', 'm-infer-start-7'))).toBe('damaged');
    expect(kindOf(replaced('m-warmup-start-0', 'm-warmup-start-4'))).toBe('damaged');
  });

  it('lacks its values when there are more or fewer than the model gives', () => {
    expect(readInferReply(replyOf(whole), 5, 3)).toMatchObject({ values: undefined });
    expect(readInferReply(replyOf(without('m-results-[0.250,0.750]')), 5, 2)).toMatchObject({
      kind: 'whole',
      values: undefined,
    });
  });

  it('that lacks only m-ready is whole', () => {
    expect(kindOf(whole, false)).toBe('whole');
  });

  it('that broke off is hanging once it had begun, else not started, else damaged', () => {
    expect(kindOf([], false)).toBe('not-started');
    expect(kindOf(whole.slice(0, 4), false)).toBe('hanging');
    expect(kindOf(whole.slice(0, 6), false)).toBe('damaged');
  });
});

describe('the reply of an energy build to infer', () => {
  const marks = whole.filter((line) => !line.startsWith('m-lap'));

  it('gives the arrival of its two marks and no duration', () => {
    const reading = readEnergyInferReply(replyOf(marks), 5, 2);
    expect(reading).not.toHaveProperty('deviceDurationNs');
    expect(reading).toMatchObject({
      kind: 'whole',
      startedAtNs: 200,
      endedAtNs: 300,
      values: Float32Array.of(0.25, 0.75),
    });
  });

  it('is damaged with laps, and without one of its marks', () => {
    expect(readEnergyInferReply(replyOf(whole), 5, 2).kind).toBe('damaged');
    const noEnd = marks.filter((line) => line !== 'm-infer-done');
    expect(readEnergyInferReply(replyOf(noEnd), 5, 2).kind).toBe('damaged');
  });
});

describe('a timer of whole milliseconds', () => {
  it('that shows the same twice gives no duration instead of one of zero', () => {
    const reading = readInferReply(replyOf(replaced('m-lap-us-51000', 'm-lap-us-1000')), 5, 2);
    expect(reading).toMatchObject({ kind: 'whole', startedAtNs: 300, endedAtNs: 400 });
    expect(reading).not.toHaveProperty('deviceDurationNs');
  });

  it('reads as any other', () => {
    expect(lapMicroseconds(158_735_000, 169_571_000)).toBe(10_836_000);
  });
});

describe('two readings of the timer', () => {
  it('of a window longer than 71.6 minutes differ by as many wraps as the host has seen', () => {
    const hour = 3_600_000_000;
    expect(lapMicroseconds(1_000, 1_000 + 2 * hour - 4_294_967_296, 2 * hour + 5_000)).toBe(
      2 * hour,
    );
    expect(lapMicroseconds(1_000, 51_000, 2_000_000)).toBe(50_000);
  });

  it('differ by what passed, also over the wrap at 32 bits', () => {
    expect(lapMicroseconds(1_000, 51_000)).toBe(50_000);
    expect(lapMicroseconds(4_294_967_000, 704)).toBe(1_000);
  });

  it('of a wider timer never run back', () => {
    expect(lapMicroseconds(5_000_000_000, 4_999_999_999)).toBeUndefined();
    expect(lapMicroseconds(5_000_000_000, 5_000_000_007)).toBe(7);
  });
});

describe('the silence allowed to a running board', () => {
  it('grows with the number of inferences', () => {
    expect(runningSilenceMs(1, 30_000, undefined)).toBe(30_000);
    expect(runningSilenceMs(10, 30_000, undefined)).toBe(300_000);
  });

  it('follows the slowest inference seen', () => {
    expect(runningSilenceMs(101, 30_000, 50_000_000)).toBe(30_000 + 100 * 200);
  });
});
