import { describe, expect, it } from 'vitest';

import { relayLine, type IoManagerGeneration, type RelayPhase } from './relay-lines.ts';

interface Told {
  readonly phase: RelayPhase;
  /** What the board is understood to have said. */
  readonly lines: readonly string[];
  readonly damageCount: number;
}

/** Takes the lines that follow the command `name`. */
function told(lines: readonly string[], generation: IoManagerGeneration = 'stm32'): Told {
  let phase: RelayPhase = 'sent';
  const out: string[] = [];
  let damageCount = 0;
  for (const line of lines) {
    const step = relayLine({ generation, phase, command: 'name' }, line);
    phase = step.phase;
    out.push(...step.lines);
    if (step.isDamaged === true) damageCount += 1;
  }
  return { phase, lines: out, damageCount };
}

const reply = ['[dut]: m-name-dut-[x]', '[dut]: m-ready'];
const boardReply = ['m-name-dut-[x]', 'm-ready'];

describe('a relayed command', () => {
  it('is acknowledged with two lines that the board never sees, and answered without the prefix', () => {
    const lines = ['m-dut-passthrough(name)', 'm-ready', ...reply];
    expect(told(lines)).toEqual({ phase: 'idle', lines: boardReply, damageCount: 0 });
  });

  it('may be relayed by an Arduino without a word of its own, with the prefix or without', () => {
    expect(told(reply, 'arduino').lines).toEqual(boardReply);
    const bare = told(['m-dut-passthrough(name)', 'm-ready', ...boardReply], 'arduino');
    expect(bare).toEqual({ phase: 'idle', lines: boardReply, damageCount: 0 });
  });

  it('that brings m-ready alone was no word of the IO manager: the board is not waited for', () => {
    expect(told(['m-ready'])).toEqual({
      phase: 'idle',
      lines: ['e-[the IO manager did not take the command]', 'm-ready'],
      damageCount: 0,
    });
  });

  it.each([
    ['another command', 'm-dut-passthrough(nbme)'],
    ['a damaged line', 'm-dut-pasthrough(name)'],
    ['a line that is cut', 'm-dut-passthrough(na'],
  ])('is passed on but has to be checked when it is repeated as %s', (_, line) => {
    expect(told([line, 'm-ready', ...reply])).toEqual({
      phase: 'idle',
      lines: boardReply,
      damageCount: 1,
    });
  });

  it('is with the board although the m-ready of the IO manager is damaged', () => {
    const lines = ['m-dut-passthrough(name)', 'm-redy', ...reply];
    expect(told(lines).lines).toEqual(['m-redy', ...boardReply]);
  });

  it('is answered by lines that hold a bare LF and so have the prefix only once', () => {
    const lines = ['m-dut-passthrough(name)', 'm-ready', '[dut]: adc=7', 'm-name-dut-[x]'];
    expect(told([...lines, '[dut]: m-ready']).lines).toEqual(['adc=7', ...boardReply]);
    const glued = told([...lines, 'm-ready']);
    expect(glued).toMatchObject({ phase: 'idle', lines: ['adc=7', ...boardReply] });
  });

  it.each(['dut]: ', '[dt]: ', '[dut]:', '[[dut]: ', '[dutt]: ', '[dut]:  ', '[dux]: ', '{dut]: '])(
    'is answered by a line with the damaged prefix "%s"',
    (prefix) => {
      const lines = ['m-dut-passthrough(name)', 'm-ready', `${prefix}m-ready`];
      expect(told(lines)).toEqual({ phase: 'idle', lines: ['m-ready'], damageCount: 1 });
    },
  );
});

describe('lines that nobody asked for', () => {
  it.each([
    ['the m-ready of a flush', 'm-ready', []],
    ['the repetition of a half-received command', 'm-dut-passthrough(na)', []],
    ['a line of the board', '[dut]: m-init-done', ['m-init-done']],
    ['noise', '\u00FF\u00FF', ['\u00FF\u00FF']],
  ])('such as %s leave the relay idle', (_, line, lines) => {
    const state = { generation: 'stm32', phase: 'idle', command: 'name' } as const;
    expect(relayLine(state, line)).toMatchObject({ phase: 'idle', lines });
  });
});

describe('10 000 damaged lines', () => {
  it('leave the relay in one of its phases and never bring more than two lines each', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const whole = ['m-dut-passthrough(name)', 'm-ready', ...reply, '', '[dut]: ', 'e-[x]'];
    let phase: RelayPhase = 'sent';
    for (let count = 0; count < 10_000; count += 1) {
      const line = whole[random(whole.length)] ?? '';
      const at = random(line.length + 1);
      const damaged = line.slice(0, at) + String.fromCharCode(random(256)) + line.slice(at + 1);
      const command = random(2) === 0 ? 'name' : '';
      const generation = random(2) === 0 ? 'stm32' : 'arduino';
      const step = relayLine({ generation, phase, command }, random(3) === 0 ? damaged : line);
      expect(step.lines.length).toBeLessThanOrEqual(2);
      phase = random(4) === 0 ? 'sent' : step.phase;
      expect(['idle', 'sent', 'repeated', 'passed']).toContain(phase);
    }
  });
});
