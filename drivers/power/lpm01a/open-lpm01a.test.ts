import { describe, expect, it } from 'vitest';

import type { LogLine } from '#harness/contracts/log-writer.ts';
import type { PowerBlock, PowerMeter } from '#harness/contracts/power-meter.ts';
import type { Clock } from '#harness/kernel/clock.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { openLpm01a } from './open-lpm01a.ts';
import { configurationCommands } from './protocol.ts';
import { acknowledge, ScriptedAnalyzer } from './testing/scripted-analyzer.ts';

const signal = AbortSignal.timeout(25_000);
const settings = { supplyVolts: 3.3, sampleRateHz: 1000, settleMs: 0 };

/** Time passes as it is slept away, so that a test need not wait for silence. */
function hastyClock(): Clock {
  let nowNs = 0;
  return {
    nowNs: () => nowNs,
    utcMs: () => 0,
    sleep: async (durationMs, sleepSignal) => {
      await new Promise((resolve) => setImmediate(resolve));
      sleepSignal?.throwIfAborted();
      nowNs += durationMs * 1e6;
    },
  };
}

function openMeter(
  analyzer: ScriptedAnalyzer,
  options: { readonly clock?: Clock; readonly log?: (line: LogLine) => void } = {},
): PowerMeter {
  const { clock = hastyClock(), log = (): void => {} } = options;
  return openLpm01a(analyzer, { instrumentId: 'lpm', clock, log, ...settings });
}

/** Overrides the answers to some commands. */
function answering(answers: Readonly<Record<string, string | undefined>>): ScriptedAnalyzer {
  return new ScriptedAnalyzer((command) =>
    Object.hasOwn(answers, command) ? answers[command] : acknowledge(command),
  );
}

const samples = (count: number): string => '6409-07\r\n'.repeat(count);

describe('openLpm01a', () => {
  it('sends nothing before the first call', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    expect(analyzer.commands).toEqual([]);
    expect(meter).toBeDefined();
  });

  it('ends what is left, takes control, and reads who it is', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    expect(await meter.identify(signal)).toEqual({
      maker: 'STMicroelectronics',
      model: 'X-NUCLEO-LPM01A',
      serialNumber: '203637335056',
      firmware: '1.0.6',
    });
    expect(analyzer.commands).toEqual(['stop', 'htc', 'status', 'version', 'powershield']);
  });

  it('reads an answer that follows on a line of its own', async () => {
    const analyzer = answering({
      version: '\r\nPowerShield > ack version\r\n\r\n1.0.7\r\nPowerShield > ',
      powershield: '\r\nPowerShield > ack powershield PowerShield present: 0038001F\r\n\r\n',
    });
    await using meter = openMeter(analyzer);
    expect(await meter.identify(signal)).toMatchObject({
      firmware: '1.0.7',
      serialNumber: '0038001F',
    });
  });

  it('takes control of an analyzer that a crashed session left streaming', async () => {
    const analyzer = new ScriptedAnalyzer();
    let streamedCount = 0;
    const clock = hastyClock();
    const streamingClock: Clock = {
      ...clock,
      sleep: async (...sleep) => {
        // The first `stop` met half a command; the stream ends with the second one.
        if (analyzer.commands.length === 1) {
          streamedCount += 1;
          analyzer.say(samples(20));
        }
        await clock.sleep(...sleep);
      },
    };
    await using meter = openMeter(analyzer, { clock: streamingClock });
    expect(await meter.identify(signal)).toMatchObject({ firmware: '1.0.6' });
    expect(streamedCount).toBe(10);
    expect(analyzer.commands.slice(0, 3)).toEqual(['stop', 'stop', 'htc']);
  });

  it('gives up on an analyzer that never stops sending', async () => {
    const analyzer = new ScriptedAnalyzer();
    const clock = hastyClock();
    const streamingClock: Clock = {
      ...clock,
      sleep: async (...sleep) => {
        analyzer.say(samples(20));
        await clock.sleep(...sleep);
      },
    };
    await using meter = openMeter(analyzer, { clock: streamingClock });
    await expect(meter.identify(signal)).rejects.toMatchObject({
      code: 'power/no-answer',
      message: 'The analyzer at /dev/analyzer does not stop sending.',
    });
  });

  it('says when nobody answers', async () => {
    await using meter = openMeter(new ScriptedAnalyzer(() => undefined));
    await expect(meter.identify(signal)).rejects.toMatchObject({
      code: 'power/no-answer',
      details: { command: 'htc' },
    });
  });

  it('ends a wait with the reason of the signal', async () => {
    await using meter = openMeter(new ScriptedAnalyzer(() => undefined));
    const person = new AbortController();
    const identifying = meter.identify(person.signal);
    person.abort(new Error('cancelled'));
    await expect(identifying).rejects.toThrow('cancelled');
  });

  it('configures in the order of the sheet before it starts', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    await meter.identify(signal);
    analyzer.commands.length = 0;
    const capture = await meter.start(() => {}, signal);
    expect(analyzer.commands).toEqual([...configurationCommands(settings), 'start']);
    expect(capture.sampleRateHz).toBe(1000);
  });

  it('repeats the words of a refusal', async () => {
    const analyzer = answering({
      'volt 3300m': '\r\nPowerShield > error volt\r\nError detail: out of range\r\n',
    });
    await using meter = openMeter(analyzer);
    await expect(meter.start(() => {}, signal)).rejects.toMatchObject({
      code: 'power/rejected-command',
      details: { command: 'volt 3300m', words: 'error volt: out of range' },
    });
  });

  it('hints at old firmware when `pwr on nostatus` is refused, also without details', async () => {
    const analyzer = answering({ 'pwr on nostatus': '\r\nPowerShield > error pwr\r\n' });
    await using meter = openMeter(analyzer);
    const starting = meter.start(() => {}, signal);
    await expect(starting).rejects.toThrow('firmware is probably older than 1.0.6');
    await expect(starting).rejects.toMatchObject({ code: 'power/rejected-command' });
  });

  it('gives control back even when the supply cannot be switched off', async () => {
    const analyzer = answering({
      'pwr off': '\r\nPowerShield > error pwr\r\nError detail: unknown command\r\n',
    });
    await using meter = openMeter(analyzer);
    await expect(meter.release(signal)).rejects.toMatchObject({ code: 'power/rejected-command' });
    expect(analyzer.commands.at(-1)).toBe('hrc');
  });

  it('can be released without having been identified: no supply, control given back', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    await meter.release(signal);
    expect(analyzer.commands).toEqual(['stop', 'htc', 'status', 'pwr off', 'hrc']);
  });
});

describe('a capture', () => {
  it('gives the samples of the stream, a torn one as NaN, and counts lost ones', async () => {
    const blocks: PowerBlock[] = [];
    const lines: LogLine[] = [];
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer, { log: (line) => lines.push(line) });
    const capture = await meter.start((block) => blocks.push(block), signal);
    analyzer.say('\0\0TimeStamp: 000s 000ms, buff 00%\r\n6409-07\r\n64');
    analyzer.say(`09-07\r\nevent 01 ris\r\n409-07\r\n${samples(995)}`);
    analyzer.say('TimeStamp: 001s 000ms, buff 00%\r\n1000-06\r\n');
    expect(await capture.stop(signal)).toEqual({ sampleCount: 999, lostSampleCount: 2 });
    const energies = blocks.flatMap((block) => [...block.energyJoules]);
    expect(energies.slice(0, 3)).toEqual([
      Math.fround(640.9e-6),
      Math.fround(640.9e-6),
      Number.NaN,
    ]);
    expect(blocks.at(-1)).toMatchObject({
      firstSampleIndex: 1000,
      lostSampleCount: 2,
      energyJoules: Float32Array.of(1e-3),
    });
    expect(lines).toMatchObject([
      {
        level: 'warn',
        fields: { sampleCount: 999, lostSampleCount: 2, tornCount: 1, eventCount: 1 },
      },
    ]);
  });

  it('takes samples that arrive together with the acknowledgement of the start', async () => {
    const analyzer = answering({ start: `\r\nPowerShield > ack start\r\n\r\n${samples(3)}` });
    await using meter = openMeter(analyzer);
    const capture = await meter.start(() => {}, signal);
    expect(await capture.stop(signal)).toEqual({ sampleCount: 3, lostSampleCount: 0 });
  });

  it('can be started again after it was stopped', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    const first = await meter.start(() => {}, signal);
    analyzer.say(samples(5));
    await first.stop(signal);
    const blocks: PowerBlock[] = [];
    const second = await meter.start((block) => blocks.push(block), signal);
    analyzer.say(samples(2));
    expect(await second.stop(signal)).toEqual({ sampleCount: 2, lostSampleCount: 0 });
    expect(blocks).toMatchObject([{ firstSampleIndex: 0 }]);
  });

  it.each([
    { fault: 'error: overcurrent\r\n', code: 'power/overcurrent', words: 'overcurrent' },
    { fault: 'error: flash\r\n', code: 'power/stream-stopped', words: "reported 'error: flash'" },
    {
      fault: 'end\r\n\r\nPowerShield > Acquisition completed\r\n',
      code: 'power/stream-stopped',
      words: 'ended the acquisition by itself',
    },
    { fault: 'x'.repeat(300), code: 'serial/overflow', words: 'more than 256 bytes' },
  ])('fails with $code when the analyzer sends $fault', async ({ fault, code, words }) => {
    const blocks: PowerBlock[] = [];
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    const capture = await meter.start((block) => blocks.push(block), signal);
    analyzer.say(`${samples(7)}${fault}${samples(3)}`);
    const failure = await capture.failed;
    expect(failure).toMatchObject({ code });
    expect(failure).toHaveProperty('message', expect.stringContaining(words));
    await expect(capture.stop(signal)).rejects.toBe(failure);
    expect(blocks.map((block) => block.energyJoules.length)).toEqual([7]);
    await meter.release(signal);
    expect(analyzer.commands.slice(-2)).toEqual(['pwr off', 'hrc']);
  });

  it('fails when no sample comes for two seconds and three periods', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer);
    const capture = await meter.start(() => {}, signal);
    analyzer.say(samples(10));
    expect(await capture.failed).toMatchObject({
      code: 'power/stream-stopped',
      message: 'The analyzer at /dev/analyzer sent no sample for 2250 ms.',
      details: { sampleCount: 10 },
    });
  });

  it('fails when the analyzer is unplugged', async () => {
    const analyzer = new ScriptedAnalyzer();
    await using meter = openMeter(analyzer, { clock: systemClock() });
    const capture = await meter.start(() => {}, signal);
    analyzer.unplug();
    expect(await capture.failed).toMatchObject({ code: 'serial/unplugged' });
    await expect(meter.release(signal)).rejects.toMatchObject({ code: 'serial/unplugged' });
  });

  it('says when the end is not confirmed', async () => {
    const analyzer = answering({ stop: undefined });
    await using meter = openMeter(analyzer);
    const capture = await meter.start(() => {}, signal);
    await expect(capture.stop(signal)).rejects.toMatchObject({ code: 'power/stream-stopped' });
  });
});
