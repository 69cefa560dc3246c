import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  dutLine,
  endOfReply,
  parseActivations,
  parseDetections,
  parseDutyCycle,
  parseWords,
  tellsOfBoot,
} from './bench-replies.ts';

describe('lines of the bench', () => {
  it('takes the prefix off lines of the device and leaves those of the interface board', () => {
    expect(dutLine('[dut]: m-model-[sww01]')).toBe('m-model-[sww01]');
    expect(dutLine('m-dut-passthrough(profile)')).toBeUndefined();
  });

  it('finds the end of a reply alone, prefixed, and behind the last numbers of a list', () => {
    expect(endOfReply('m-ready')).toEqual({ before: '' });
    expect(endOfReply('[dut]: m-ready')).toEqual({ before: '' });
    expect(endOfReply('315400, 318600, m-ready')).toEqual({ before: '315400, 318600, ' });
    expect(endOfReply('not m-ready')).toBeUndefined();
  });
});

describe('the lists of the recorder', () => {
  it('reads detections in milliseconds, also none', () => {
    expect(parseDetections(['Detection Timestamps (ms)', '412,', '9700,'])).toEqual([412, 9700]);
    expect(parseDetections(['Detection Timestamps (ms)'])).toEqual([]);
  });

  it.each([
    ['Detection Timestamps (ms)', '41x,'],
    ['Detection Timestamps (ms)', '412'],
    ['Detection Timestamps (ms)', '9700,', '412,'],
    ['Detection Timestamp (ms)', '412,'],
    ['412,'],
  ])('takes no damaged list of detections: %s %s', (...lines) => {
    expect(parseDetections(lines)).toBeUndefined();
  });

  it('reads ticks of ten microseconds, eight a line, as nanoseconds', () => {
    const lines = [
      'Duty cycle start times (s)',
      '100, 3300, 6500, 9700, 12900, 16100, 19300, 22500, ',
      '25700, ',
      'Duty cycle stop times (s)',
      '1900, 5100, ',
    ];
    const frames = parseDutyCycle(lines);
    expect(frames?.startsNs).toHaveLength(9);
    expect(frames?.startsNs.slice(0, 2)).toEqual([1_000_000, 33_000_000]);
    expect(frames?.stopsNs).toEqual([19_000_000, 51_000_000]);
    expect(parseDutyCycle(lines.slice(0, 3))).toBeUndefined();
    expect(parseDutyCycle(['Duty cycle start times (s)', 'Duty cycle stop times (s)'])).toEqual({
      startsNs: [],
      stopsNs: [],
    });
  });
});

describe('what the device says', () => {
  it('reads activations over several lines and refuses values that are no int8', () => {
    const head = ['Streaming stopped.', 'target activations:'];
    expect(parseActivations([...head, '[-128, 12, ', '127 ', ']'])).toEqual([-128, 12, 127]);
    expect(parseActivations([...head, '[]'])).toEqual([]);
    expect(parseActivations([...head, '[-129]'])).toBeUndefined();
    expect(parseActivations([...head, '[1, , 2]'])).toBeUndefined();
    expect(parseActivations(['Streaming stopped.'])).toBeUndefined();
  });

  it('reads name, firmware and model, and a boot banner', () => {
    const lines = ['m-profile-[MLPerf Tiny Firmware V0.1.0]', 'm-model-[sww01]'];
    expect(parseWords(lines)).toEqual({
      vendor: undefined,
      firmware: 'MLPerf Tiny Firmware V0.1.0',
      model: 'sww01',
    });
    expect(tellsOfBoot(['m-timestamp-mode-energy'])).toBe(true);
    expect(tellsOfBoot(['m-init-done'])).toBe(true);
    expect(tellsOfBoot(lines)).toBe(false);
  });
});

describe('10 000 replies of anything', () => {
  it('neither crash nor hang the parsers, and give whole numbers in order or nothing', () => {
    const piece = fc.oneof(
      fc.constantFrom('Detection Timestamps (ms)', 'Duty cycle start times (s)', '[dut]: '),
      fc.constantFrom('Duty cycle stop times (s)', 'target activations:', '[-1, 2]', 'm-ready'),
      fc.nat().map((value) => `${value},`),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    const property = fc.property(fc.array(piece, { maxLength: 30 }), (lines) => {
      for (const line of lines) {
        endOfReply(line);
        dutLine(line);
      }
      parseWords(lines);
      tellsOfBoot(lines);
      for (const value of parseActivations(lines) ?? []) expect(Number.isInteger(value)).toBe(true);
      const detections = parseDetections(lines) ?? [];
      expect(detections).toEqual(detections.toSorted((left, right) => left - right));
      expect((parseDutyCycle(lines)?.startsNs ?? []).every(Number.isInteger)).toBe(true);
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});
