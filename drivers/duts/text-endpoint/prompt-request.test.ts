import { describe, expect, it } from 'vitest';

import { promptOf, requestBody, requestPath } from './prompt-request.ts';

const sample = Uint8Array.of(0x68, 0xc3, 0xb6, 0, 0, 0x41, 0);

function sent(body: Uint8Array): unknown {
  return JSON.parse(Buffer.from(body).toString('utf8'));
}

describe('prompt request', () => {
  it('takes the bytes up to the first NUL as UTF-8, or all of them', () => {
    expect(promptOf(sample)).toBe('hö');
    expect(promptOf(Uint8Array.of(0x61, 0x62))).toBe('ab');
    expect(promptOf(new Uint8Array(4))).toBe('');
  });

  it('asks a chat for a stream with its counts, without chance', () => {
    const form = { api: 'chat', model: 'm', maxTokens: 9, extraFields: {} } as const;
    expect(requestPath('chat')).toBe('v1/chat/completions');
    expect(sent(requestBody(sample, form))).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hö' }],
      max_tokens: 9,
      temperature: 0,
      seed: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("lets the lab's own fields win over all but the stream", () => {
    const extraFields = { ignore_eos: true, min_tokens: 9, seed: 7, stream: false };
    const form = { api: 'completions', model: 'm', maxTokens: 9, extraFields } as const;
    expect(requestPath('completions')).toBe('v1/completions');
    expect(sent(requestBody(sample, form))).toMatchObject({
      prompt: 'hö',
      ignore_eos: true,
      min_tokens: 9,
      seed: 7,
      stream: true,
    });
  });
});
