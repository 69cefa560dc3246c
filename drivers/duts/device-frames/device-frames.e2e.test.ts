import { execFileSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { inTime, keywordSample, openFramesDevice } from './testing/frames-device-dut.ts';

describe("the device's own time", () => {
  it.each([
    ['32 bits of microseconds', ['--tick-bits', '32']],
    ['16 bits of microseconds, which start anew 15 times a second', ['--tick-bits', '16']],
    ['64 bits of nanoseconds', ['--tick-bits', '64', '--tick-hz', '1000000000']],
  ])('of an inference is right with %s', async (_, device) => {
    await using opened = await openFramesDevice({ device });
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample(), inTime());
    for (let count = 0; count < 30; count += 1) {
      const { deviceDurationNs } = await opened.dut.infer(inTime());
      // 1 ms is simulated; a narrow counter says nothing where it may have gone round.
      expect(deviceDurationNs ?? 1e6).toBeGreaterThan(0.9e6);
    }
  });

  it('of a window is the sum, and lies within what the host saw', async () => {
    await using opened = await openFramesDevice();
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample(), inTime());
    const window = await opened.dut.inferWindow(200, inTime());
    expect(window.deviceDurationNs).toBeGreaterThan(190e6);
    expect(window.deviceDurationNs).toBeLessThan(window.endedAtNs - window.startedAtNs);
  });

  it('drifts by 200 ppm, which shows once exchanges lie seconds apart', async () => {
    const device = ['--tick-drift-ppm', '200'];
    await using opened = await openFramesDevice({ link: 'tcp', device });
    const { dut } = opened;
    await dut.identify(inTime());
    expect(dut.deviceClock?.()).toMatchObject({ ticksPerSecond: 1e6, driftPpm: null });
    const signal = inTime();
    while (typeof dut.deviceClock?.()?.driftPpm !== 'number') {
      await dut.load(keywordSample(), signal);
      await dut.infer(signal);
    }
    const clock = dut.deviceClock();
    expect(clock?.driftPpm).toBeGreaterThan(50);
    expect(clock?.driftPpm).toBeLessThan(350);
    expect(clock?.offsetUncertaintyNs).toBeGreaterThan(0);
  });
});

describe('what a device says unasked', () => {
  it('arrives as readings with their units, between the queries, and as log lines', async () => {
    await using opened = await openFramesDevice({
      isEmpty: true,
      config: { telemetryPeriodMs: 20 },
    });
    const { dut, readings, logLines } = opened;
    await dut.identify(inTime());
    await dut.deploy?.(inTime());
    const signal = inTime();
    while (readings.length < 20) {
      await dut.load(keywordSample(), signal);
      const before = readings.length;
      await dut.infer(signal);
      expect(readings).toHaveLength(before);
    }
    const named = (name: string) => readings.find(({ channel }) => channel === name);
    expect(named('package')).toMatchObject({ unit: 'celsius' });
    expect(named('board')).toMatchObject({ unit: 'watts' });
    expect(readings.every(({ value, atNs }) => Number.isFinite(value) && atNs > 0)).toBe(true);
    expect(logLines).toContainEqual(
      expect.objectContaining({
        level: 'info',
        fields: { boardId: 'npu-1', text: 'model kws01 in use' },
      }),
    );
  });

  it('is not asked for where nobody listens', async () => {
    await using opened = await openFramesDevice({ config: { telemetryPeriodMs: 0 } });
    await opened.dut.identify(inTime());
    await opened.dut.load(keywordSample(), inTime());
    expect(opened.readings).toEqual([]);
  });
});

it('does not load the USB library where no link is USB', () => {
  const module = new URL('device-frames.ts', import.meta.url).href;
  const script = `await import(${JSON.stringify(module)});
    console.log(process.report.getReport().sharedObjects.join());`;
  const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(loaded).not.toMatch(/node-usb|usb_bindings/);
});
