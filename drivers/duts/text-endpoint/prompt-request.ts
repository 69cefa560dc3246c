import type { TextEndpointSettings } from './text-endpoint-config.ts';

/** What every request of a run has in common. */
export interface RequestForm extends Pick<TextEndpointSettings, 'api' | 'extraFields'> {
  /** As served. */
  readonly model: string;
  readonly maxTokens: number;
}

/** A prompt: the bytes of a sample up to the first NUL, as UTF-8; bytes that are none become U+FFFD. */
export function promptOf(sample: Uint8Array): string {
  const end = sample.indexOf(0);
  return Buffer.from(end < 0 ? sample : sample.subarray(0, end)).toString('utf8');
}

/** The path of the call. */
export function requestPath(api: RequestForm['api']): string {
  return api === 'chat' ? 'v1/chat/completions' : 'v1/completions';
}

/** The body of a streaming request, in UTF-8. Fields of the lab's own come last, so that they win. */
export function requestBody(sample: Uint8Array, form: RequestForm): Uint8Array {
  const prompt = promptOf(sample);
  const asked =
    form.api === 'chat' ? { messages: [{ role: 'user', content: prompt }] } : { prompt };
  const body = {
    model: form.model,
    ...asked,
    max_tokens: form.maxTokens,
    temperature: 0,
    seed: 0,
    ...form.extraFields,
    stream: true,
    stream_options: { include_usage: true },
  };
  return Buffer.from(JSON.stringify(body), 'utf8');
}
