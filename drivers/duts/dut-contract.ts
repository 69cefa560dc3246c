import { describe, expect, it } from 'vitest';

import type { Dut } from '#harness/contracts/dut.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';

/** A device under test and what is known about it. */
export interface DutFixture extends AsyncDisposable {
  readonly dut: Dut;
  /** An encoded sample that the model takes. */
  readonly sample: Uint8Array;
  readonly outputLength: number;
  /** What it must say about itself. */
  readonly identity: Partial<DutIdentity>;
}

const callTimeoutMs = 20_000;
const inTime = (): AbortSignal => AbortSignal.timeout(callTimeoutMs);

type OpenFixture = () => Promise<DutFixture>;

function itIdentifiesAndAnswers(open: OpenFixture): void {
  it('says who it is', async () => {
    await using fixture = await open();
    expect(await fixture.dut.identify(inTime())).toMatchObject(fixture.identity);
  });

  it('is ready at once when nothing was deployed', async () => {
    await using fixture = await open();
    await fixture.dut.awaitBoot(inTime());
    expect(await fixture.dut.identify(inTime())).toMatchObject(fixture.identity);
  });

  it('answers a loaded sample with as many finite values as the model gives', async () => {
    await using fixture = await open();
    await fixture.dut.identify(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    const { output } = await fixture.dut.infer(inTime());
    expect(output).toHaveLength(fixture.outputLength);
    expect(output.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('gives the same answer to the same sample, in arrays of the caller', async () => {
    await using fixture = await open();
    await fixture.dut.identify(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    const first = await fixture.dut.infer(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    const second = await fixture.dut.infer(inTime());
    expect(second.output).toEqual(first.output);
    expect(second.output).not.toBe(first.output);
  });
}

function itKeepsToItsCaller(open: OpenFixture): void {
  it('keeps the sample as it was when the caller changes its bytes afterwards', async () => {
    await using fixture = await open();
    await fixture.dut.identify(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    const before = await fixture.dut.infer(inTime());
    const bytes = fixture.sample.slice();
    await fixture.dut.load(bytes, inTime());
    bytes.fill(0);
    expect((await fixture.dut.infer(inTime())).output).toEqual(before.output);
  });

  it('runs a window and stamps its two edges in order', async () => {
    await using fixture = await open();
    await fixture.dut.identify(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    const window = await fixture.dut.inferWindow(10, inTime());
    expect(window.inferenceCount).toBe(10);
    expect(window.endedAtNs).toBeGreaterThan(window.startedAtNs);
    expect(window.deviceDurationNs ?? 1).toBeGreaterThan(0);
  });

  it('ends a call whose signal has aborted, and works on', async () => {
    await using fixture = await open();
    await fixture.dut.identify(inTime());
    const aborted = AbortSignal.abort(new Error('not now'));
    await expect(fixture.dut.load(fixture.sample, aborted)).rejects.toThrow('not now');
    await fixture.dut.load(fixture.sample, inTime());
    expect((await fixture.dut.infer(inTime())).output).toHaveLength(fixture.outputLength);
  });
}

function itCountsAndReleases(open: OpenFixture): void {
  it('counts nothing wrong on a clean link, and hands out copies of its counters', async () => {
    await using fixture = await open();
    const before = fixture.dut.counters();
    await fixture.dut.identify(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    await fixture.dut.infer(inTime());
    const wrong = { retryCount: 0, resyncCount: 0, garbledReplyCount: 0 };
    expect(fixture.dut.counters()).toMatchObject(wrong);
    expect(before).toMatchObject({ bytesSent: 0, commandCount: 0 });
  });

  it('is released in a checked state, and closing it after that does no harm', async () => {
    await using fixture = await open();
    await fixture.dut.identify(inTime());
    await fixture.dut.load(fixture.sample, inTime());
    await expect(fixture.dut.release(inTime())).resolves.toBeUndefined();
    await expect(fixture.dut[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
}

/**
 * What every driver of a device under test must do, whatever the device: run it against the simulator always and
 * against real hardware where there is some.
 *
 * @param open - a fresh device, opened and otherwise untouched
 */
export function describeDutContract(name: string, open: OpenFixture): void {
  describe(`${name}, as a device under test`, () => {
    itIdentifiesAndAnswers(open);
    itKeepsToItsCaller(open);
    itCountsAndReleases(open);
  });
}
