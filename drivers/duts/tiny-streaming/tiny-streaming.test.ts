import { describe, expect, it } from 'vitest';

import type { StreamAnswer, StreamRequest } from '#harness/contracts/dut.ts';
import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

import { diagnoseBench } from './identify.ts';
import {
  openBenchProcess,
  openStreaming,
  shortStream,
  type BenchProcessDut,
} from './testing/bench-process-dut.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(25_000);

async function play(bench: BenchProcessDut, request: StreamRequest): Promise<StreamAnswer> {
  await bench.dut.identify(inTime());
  return assertDefined(bench.dut.stream, 'it listens')(request, inTime());
}

/** Times that do not depend on when playing began. */
function fromFirst(values: readonly number[]): number[] {
  return values.map((value) => value - (values[0] ?? 0));
}

describe('a stream on a clean link', () => {
  it('has the first pulse and three for each of three words, frames every 32 ms, and int8 activations', async () => {
    await using bench = await openBenchProcess(['--latency-ms=100', '--frame-us=16000']);
    const answer = await play(bench, shortStream);
    expect(answer.detectionsMs).toHaveLength(10);
    // Words end at 2190, 8709 and 14749 ms; a pulse comes at the end of the frame, the first at that of frame 0.
    const [, first = 0, , , second = 0, , , third = 0] = fromFirst(answer.detectionsMs);
    for (const [pulseMs, endMs] of [
      [first, 2190],
      [second, 8709],
      [third, 14_749],
    ] as const) {
      expect(pulseMs).toBeGreaterThanOrEqual(endMs + 100 - 33);
      expect(pulseMs).toBeLessThanOrEqual(endMs + 101);
    }
    const starts = fromFirst(answer.frameStartsNs);
    expect(starts).toHaveLength(100);
    expect(starts[1]).toBe(32_000_000);
    expect(answer.activations).toHaveLength(512);
    expect(answer.activations.every((value) => value >= -128 && value <= 127)).toBe(true);
  });

  it('can be played again, with the same detections', async () => {
    await using bench = await openBenchProcess(['--missed=1', '--extra=1']);
    const first = await play(bench, shortStream);
    const second = await play(bench, shortStream);
    expect(second.detectionsMs.length).toBe(first.detectionsMs.length);
    const apart = fromFirst(second.detectionsMs).map((atMs, index) =>
      Math.abs(atMs - (fromFirst(first.detectionsMs)[index] ?? 0)),
    );
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  });
});

describe('a stream on a link that damages bytes', () => {
  it.each(['drop-byte-out:1100*', 'garble-byte-out:700*', 'drop-byte-in:61*'])(
    'with %s has the detections of the clean one',
    async (fault) => {
      await using clean = await openBenchProcess([]);
      await using damaged = await openBenchProcess([`--fault=${fault}`], {
        commandRetryCountMax: 20,
      });
      const expected = fromFirst((await play(clean, shortStream)).detectionsMs);
      const answer = await play(damaged, shortStream);
      expect(answer.detectionsMs).toHaveLength(expected.length);
      for (const [index, atMs] of fromFirst(answer.detectionsMs).entries())
        expect(Math.abs(atMs - (expected[index] ?? 0))).toBeLessThanOrEqual(1);
      expect(damaged.dut.counters().garbledReplyCount).toBeGreaterThan(0);
    },
  );
});

describe('a stream that cannot be trusted is no stream', () => {
  it.each<{ fault: string; code: ErrorCode }>([
    { fault: 'hang-in-play', code: 'dut/timeout' },
    { fault: 'play-error', code: 'dut/play-failed' },
    { fault: 'reboot-in-play:9', code: 'dut/rebooted' },
  ])('$fault ends as $code, and the port is free afterwards', async ({ fault, code }) => {
    await using bench = await openBenchProcess([`--fault=${fault}`]);
    const request = { ...shortStream, durationMs: 500 };
    await expect(play(bench, request)).rejects.toMatchObject({ code });
    await bench.dut[Symbol.asyncDispose]();
    await using again = await openStreaming(bench.path);
    expect(again.counters().bytesSent).toBe(0);
  });

  it('a detection and a processing line that never fire are a wiring error', async () => {
    const silent = ['--fault=no-detection-edge', '--fault=no-processing-edge'];
    await using bench = await openBenchProcess(silent);
    await expect(play(bench, shortStream)).rejects.toMatchObject({
      code: 'dut/edge-missing',
      message: expect.stringContaining('GPIO edge') as unknown,
    });
  });

  it('one line alone that never fires is kept as it is: the judge says that it cannot be used', async () => {
    await using bench = await openBenchProcess(['--fault=no-detection-edge']);
    const answer = await play(bench, shortStream);
    expect(answer.detectionsMs).toEqual([]);
    expect(answer.frameStartsNs).toHaveLength(100);
  });

  it('a file that is not on the card ends as dut/play-failed', async () => {
    await using bench = await openBenchProcess([]);
    const request = { ...shortStream, audioFile: 'other.wav' };
    await expect(play(bench, request)).rejects.toMatchObject({ code: 'dut/play-failed' });
    expect(await bench.dut.identify(inTime())).toMatchObject({ model: 'sww01' });
    await expect(bench.dut.release(inTime())).resolves.toBeUndefined();
  });

  it('works on after a boot, in step again', async () => {
    await using bench = await openBenchProcess(['--fault=reboot-in-play:9']);
    await expect(play(bench, shortStream)).rejects.toMatchObject({ code: 'dut/rebooted' });
    expect((await play(bench, shortStream)).detectionsMs).toHaveLength(10);
    await expect(bench.dut.release(inTime())).resolves.toBeUndefined();
  });

  it('a pulled cable ends as serial/unplugged', async () => {
    await using bench = await openBenchProcess(['--speed=1']);
    const playing = Promise.allSettled([play(bench, shortStream)]);
    await expect.poll(() => bench.dut.counters().commandCount).toBeGreaterThan(6);
    await bench.unplug();
    const [played] = await playing;
    expect(played).toMatchObject({ status: 'rejected', reason: { code: 'serial/unplugged' } });
  });
});

describe('who is there', () => {
  it.each<{ fault: string; code: ErrorCode }>([
    { fault: 'silent-board', code: 'dut/no-answer' },
    { fault: 'echo', code: 'dut/echo' },
    { fault: 'silent-dut', code: 'dut/timeout' },
    { fault: 'core-firmware', code: 'dut/wrong-firmware-mode' },
  ])('$fault ends as $code', async ({ fault, code }) => {
    await using bench = await openBenchProcess([`--fault=${fault}*`]);
    await expect(bench.dut.identify(inTime())).rejects.toMatchObject({ code });
  });

  it('tells the model that the device says, for the run to compare', async () => {
    await using bench = await openBenchProcess(['--fault=wrong-model-name:kws01']);
    expect(await bench.dut.identify(inTime())).toMatchObject({ model: 'kws01' });
  });

  it('knows garbage, and a device without an interface board, from the bytes', () => {
    const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
    expect(diagnoseBench(bytes('\xf8\x80\x00\xfe\x1c')).code).toBe('dut/wrong-baud');
    expect(diagnoseBench(bytes('m-name-dut-[x]\r\nm-ready\r\n'))).toMatchObject({
      code: 'dut/no-answer',
      sentence: expect.stringContaining('interface board') as unknown,
    });
  });
});
