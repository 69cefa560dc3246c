import { describe, expect, it } from 'vitest';

import type { Dut, StreamRequest } from '#harness/contracts/dut.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';
import { assertDefined } from '#harness/kernel/assert.ts';

/** A device that listens by itself, and what is known about it. */
export interface StreamFixture extends AsyncDisposable {
  readonly dut: Dut;
  /** What there is to play. */
  readonly request: StreamRequest;
  /** What it must say about itself. */
  readonly identity: Partial<DutIdentity>;
}

type OpenFixture = () => Promise<StreamFixture>;

function itPlaysAndRecords(open: OpenFixture): void {
  it('says who it is, at any time', async () => {
    await using fixture = await open();
    await fixture.dut.awaitBoot(AbortSignal.timeout(20_000));
    const identity = await fixture.dut.identify(AbortSignal.timeout(20_000));
    expect(identity).toMatchObject(fixture.identity);
  });

  it('plays, and stamps listening around playing', async () => {
    await using fixture = await open();
    const { dut, request } = fixture;
    await dut.identify(AbortSignal.timeout(20_000));
    const stream = assertDefined(dut.stream, 'it listens');
    const signal = AbortSignal.timeout(request.durationMs + 40_000);
    const answer = await stream(request, signal);
    expect(answer.startedAtNs).toBeLessThanOrEqual(answer.playStartedAtNs);
    expect(answer.playStartedAtNs).toBeLessThan(answer.playEndedAtNs);
    expect(answer.playEndedAtNs).toBeLessThanOrEqual(answer.endedAtNs);
    expect(answer.detectionsMs.length).toBeGreaterThan(0);
    expect(answer.frameStartsNs.length).toBe(answer.frameStopsNs.length);
    expect(await dut.identify(AbortSignal.timeout(20_000))).toMatchObject(fixture.identity);
  });
}

function itKeepsToItsCaller(open: OpenFixture): void {
  it('takes no single samples', async () => {
    await using fixture = await open();
    const { dut } = fixture;
    const signal = AbortSignal.timeout(20_000);
    const refused = { code: 'dut/unsupported' };
    await expect(dut.load(new Uint8Array(8), signal)).rejects.toMatchObject(refused);
    await expect(dut.infer(signal)).rejects.toMatchObject(refused);
    await expect(dut.inferWindow(10, signal)).rejects.toMatchObject(refused);
  });

  it('ends a call whose signal has aborted, and works on', async () => {
    await using fixture = await open();
    const { dut, request } = fixture;
    const stream = assertDefined(dut.stream, 'it listens');
    const aborted = AbortSignal.abort(new Error('not now'));
    await expect(stream(request, aborted)).rejects.toThrow('not now');
    const identity = await dut.identify(AbortSignal.timeout(20_000));
    expect(identity).toMatchObject(fixture.identity);
  });

  it('counts nothing wrong on a clean link and is released in a checked state', async () => {
    await using fixture = await open();
    await fixture.dut.identify(AbortSignal.timeout(20_000));
    const wrong = { retryCount: 0, resyncCount: 0, garbledReplyCount: 0 };
    expect(fixture.dut.counters()).toMatchObject(wrong);
    await expect(fixture.dut.release(AbortSignal.timeout(20_000))).resolves.toBeUndefined();
    await expect(fixture.dut[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
}

/**
 * What every driver of a device that listens to a stream must do: against the simulator always, and against real
 * hardware where there is some.
 *
 * @param open - a fresh device, opened and otherwise untouched
 */
export function describeStreamContract(name: string, open: OpenFixture): void {
  describe(`${name}, as a device that listens`, () => {
    itPlaysAndRecords(open);
    itKeepsToItsCaller(open);
  });
}
