import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chunkCommands, encodeCommand, inferCommand, loadCommand } from './commands.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('a command', () => {
  it('ends in one percent sign and no line end', () => {
    expect(text(encodeCommand('name'))).toBe('name%');
    expect(text(loadCommand(490))).toBe('db load 490%');
    expect(text(inferCommand(70))).toBe('infer 70 0%');
  });

  it('is a bare percent sign to flush', () => {
    expect(text(encodeCommand(''))).toBe('%');
  });

  it('is refused when the board would cut it or split it', () => {
    expect(() => encodeCommand('x'.repeat(81))).toThrow('fits the buffer');
    expect(() => encodeCommand('na%me')).toThrow('printable ASCII');
    expect(() => encodeCommand('name\r\n')).toThrow('printable ASCII');
  });
});

describe('the chunks of a sample', () => {
  it('carry two hex digits a byte', () => {
    const chunks = chunkCommands(Uint8Array.of(0x00, 0x7f, 0xff, 0x10, 0xa5), 2);
    expect(chunks.map((chunk) => text(chunk))).toEqual(['db 007f%', 'db ff10%', 'db a5%']);
  });

  it('of 490 bytes are 16 commands of at most 31 bytes', () => {
    const chunks = chunkCommands(new Uint8Array(490), 31);
    expect(chunks).toHaveLength(16);
    expect(chunks[0]).toHaveLength(3 + 62 + 1);
    expect(chunks[15]).toHaveLength(3 + 50 + 1);
  });

  it('fit the 80 characters of the board at 38 bytes and are refused at 39', () => {
    expect(chunkCommands(new Uint8Array(38), 38)[0]).toHaveLength(80);
    expect(() => chunkCommands(new Uint8Array(39), 39)).toThrow('fits a command');
  });

  it('hold the sample and nothing else', () => {
    const sample = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 38 }), (bytes, chunkBytes) => {
        const hex = chunkCommands(bytes, chunkBytes)
          .map((chunk) => /^db ((?:[0-9a-f]{2})+)%$/.exec(text(chunk))?.[1] ?? 'bad')
          .join('');
        expect(Buffer.from(hex, 'hex').equals(bytes)).toBe(true);
      }),
    );
  });
});
