import { describe, expect, it } from 'vitest';

import { answerReader, type StreamedAnswer } from './answer-reader.ts';

const url = 'http://board';
const encoder = new TextEncoder();

/** The stream of section 3 of the protocol sheet: role, two tokens, end, counts, `[DONE]`. */
const chatStream = [
  'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}',
  'data: {"choices":[{"index":0,"delta":{"content":"bl"},"finish_reason":null}]}',
  'data: {"choices":[{"index":0,"delta":{"content":"ue ö"},"finish_reason":null}]}',
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
  'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}',
  'data: [DONE]',
]
  .map((line) => `${line}\n\n`)
  .join('');

/** Reads pieces that arrive at 100, 200, 300 … ns. */
function read(pieces: readonly (string | Uint8Array)[]): StreamedAnswer {
  const reader = answerReader(url);
  for (const [index, piece] of pieces.entries())
    reader.take(typeof piece === 'string' ? encoder.encode(piece) : piece, (index + 1) * 100);
  return reader.end();
}

describe('answer reader', () => {
  it('reads a chat that comes in one packet, its first token at that packet', () => {
    expect(read([chatStream])).toEqual({
      text: 'blue ö',
      first: { text: 'bl', atNs: 100 },
      finishReason: 'stop',
      reportedCount: 4,
      serverDurationNs: undefined,
      isDone: true,
      eventCount: 6,
    });
  });

  it('reads the same at every one of the places where two packets may be cut', () => {
    const bytes = encoder.encode(chatStream);
    const whole = { ...read([chatStream]), first: undefined };
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const answer = read([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect({ ...answer, first: undefined }).toEqual(whole);
      // The event with the first token ends with its blank line.
      const firstEnds = chatStream.indexOf('\n\n', chatStream.indexOf('"bl"')) + 2;
      expect(answer.first?.atNs).toBe(cut >= firstEnds ? 100 : 200);
    }
  });

  it('reads the same byte by byte', () => {
    const bytes = encoder.encode(chatStream);
    expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte))).text).toBe('blue ö');
  });

  it('reads completions, with CRLF, comments, names of events, and no space behind the colon', () => {
    const stream =
      ': warm\r\n\r\nevent: message\r\ndata:{"choices":[{"index":0,"text":"hot"}]}\r\n\r\n' +
      ': keep-alive\r\n\r\nretry: 10\r\nid: 4\r\ndata: {"choices":[{"index":0,"text":"","finish_reason":"length"}]}\r\n\r\n' +
      'data: [DONE]\r\n\r\n';
    expect(read([stream])).toMatchObject({ text: 'hot', finishReason: 'length', isDone: true });
  });

  it('takes the last event without its blank line, and an end without [DONE] when a reason was given', () => {
    const stream = 'data: {"choices":[{"text":"cold","finish_reason":"stop"}]}';
    expect(read([stream])).toMatchObject({ text: 'cold', isDone: false, eventCount: 1 });
  });

  it('reads the first of two choices, and nothing behind [DONE]', () => {
    const stream =
      'data: {"choices":[{"index":1,"text":"b"},{"index":0,"text":"a"}]}\n\ndata: [DONE]\n\ndata: {"choices":[{"text":"c"}]}\n\n';
    expect(read([stream]).text).toBe('a');
  });

  it('keeps the time that a server says it worked: 12.5 ms and 30 ms are 42 500 000 ns', () => {
    const stream =
      'data: {"choices":[],"timings":{"prompt_ms":12.5,"predicted_ms":30}}\n\ndata: [DONE]\n\n';
    expect(read([stream]).serverDurationNs).toBe(42_500_000);
  });

  it.each([
    ['an error event', 'data: {"error":{"message":"out of memory"}}\n\n', 'network/server-error'],
    ['an event that is no JSON', 'data: {"choices": [\n\n', 'network/malformed-answer'],
    ['a count below 0', 'data: {"usage":{"completion_tokens":-1}}\n\n', 'network/malformed-answer'],
    ['text as a number', 'data: {"choices":[{"text":5}]}\n\n', 'network/malformed-answer'],
    ['no event at all', ': ping\n\n', 'network/malformed-answer'],
    ['nothing', '', 'network/malformed-answer'],
    ['half an answer', 'data: {"choices":[{"text":"re"}]}\n\n', 'network/closed'],
    ['half an event', 'data: {"choices":[{"text":"re"}]}\n\ndata: {"choi', 'network/closed'],
    ['a line of 2 MiB', `data: ${'x'.repeat(2 * 1024 * 1024)}`, 'network/malformed-answer'],
  ])('refuses %s', (_, stream, code) => {
    expect(() => read([stream])).toThrow(expect.objectContaining({ code }));
  });

  it('stays refused once it has refused', () => {
    const reader = answerReader(url);
    const wrong = encoder.encode('data: {"error":"gone"}\n\n');
    expect(() => reader.take(wrong, 1)).toThrow('gone');
    expect(() => reader.take(encoder.encode(chatStream), 2)).toThrow('gone');
    expect(() => reader.end()).toThrow('gone');
  });
});
