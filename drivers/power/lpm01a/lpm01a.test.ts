import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  openPseudoTerminal,
  type PseudoTerminal,
} from '#fixtures/pseudo-terminal/pseudo-terminal.ts';
import type { PowerBlock, PowerMeter } from '#harness/contracts/power-meter.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { lpm01a } from './lpm01a.ts';
import { acknowledge } from './testing/scripted-analyzer.ts';

const signal = AbortSignal.timeout(25_000);

describe('lpm01a', () => {
  it('claims its path for one entry of the lab', () => {
    const config = { path: '/dev/lpm', supplyVolts: 3.3 };
    expect(lpm01a.resources(config)).toEqual(['/dev/lpm']);
  });

  it.each([
    { path: '/dev/lpm' },
    { path: '', supplyVolts: 3.3 },
    { path: '/dev/lpm', supplyVolts: 1.7 },
    { path: '/dev/lpm', supplyVolts: 3.4 },
    { path: '/dev/lpm', supplyVolts: 3.3, sampleRateHz: 10_000 },
    { path: '/dev/lpm', supplyVolts: 3.3, sampleRateHz: 300 },
    { path: '/dev/lpm', supplyVolts: 3.3, volts: 3 },
  ])('refuses the configuration %j', (config) => {
    expect(() => lpm01a.resources(config)).toThrow('Parse');
  });
});

describe('lpm01a on a real terminal', () => {
  let folder = '';
  let path = '';
  let terminal: PseudoTerminal;
  const commands: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-lpm-'));
    path = join(folder, 'analyzer');
    commands.length = 0;
    let begun = '';
    terminal = await openPseudoTerminal({
      link: path,
      onBytes: (bytes) => {
        const lines = `${begun}${Buffer.from(bytes).toString('latin1')}`.split('\r\n');
        begun = lines.pop() ?? '';
        for (const line of lines) {
          commands.push(line);
          terminal.write(Buffer.from(acknowledge(line) ?? '', 'latin1'));
        }
      },
    });
  });

  afterEach(async () => {
    await terminal[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const open = (): Promise<PowerMeter> =>
    lpm01a.open(
      { path, supplyVolts: 3, settleMs: 0 },
      { instrumentId: 'lpm', clock: systemClock(), log: () => {} },
      signal,
    );

  it('identifies, captures, stops and releases', async () => {
    await using meter = await open();
    expect(await meter.identify(signal)).toMatchObject({ firmware: '1.0.6' });
    const blocks: PowerBlock[] = [];
    const filled = Promise.withResolvers<void>();
    const capture = await meter.start((block) => {
      blocks.push(block);
      if (blocks.length === 10) filled.resolve();
    }, signal);
    terminal.write(Buffer.from('6409-07\r\n'.repeat(1000)));
    await filled.promise;
    expect(await capture.stop(signal)).toEqual({ sampleCount: 1000, lostSampleCount: 0 });
    const sampleCount = blocks.reduce((count, block) => count + block.energyJoules.length, 0);
    expect(sampleCount).toBe(1000);
    await meter.release(signal);
    expect(commands).toContain('volt 3000m');
    expect(commands.slice(-3)).toEqual(['stop', 'pwr off', 'hrc']);
  });

  it('notices that the cable was pulled in mid-capture', async () => {
    await using meter = await open();
    const capture = await meter.start(() => {}, signal);
    await terminal.unplug();
    expect(await capture.failed).toMatchObject({ code: 'serial/unplugged' });
  });

  it('says that the path is absent', async () => {
    path = join(folder, 'absent');
    await expect(open()).rejects.toMatchObject({ code: 'serial/path-absent' });
  });
});
