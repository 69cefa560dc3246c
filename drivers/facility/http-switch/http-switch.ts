import { Type, type Static } from 'typebox';

import { openHttpClient, type HttpClient } from '#drivers/transports/http/http-client.ts';
import { definePowerSwitchDriver } from '#harness/contracts/define-driver.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerSwitch } from '#harness/contracts/power-switch.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';

const RequestSchema = Type.Object(
  {
    method: Type.Optional(
      Type.Union([Type.Literal('GET'), Type.Literal('POST'), Type.Literal('PUT')]),
    ),
    /** Appended to `url`; may hold a query. */
    path: Type.String(),
    body: Type.Optional(Type.String()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  { additionalProperties: false },
);
type SwitchRequest = Static<typeof RequestSchema>;

const HttpSwitchSchema = Type.Object(
  {
    url: Type.String({ pattern: '^https?://' }),
    on: RequestSchema,
    off: RequestSchema,
    query: Type.Optional(
      Type.Object(
        {
          ...RequestSchema.properties,
          /** JSON pointer to the state, `/relay/0/ison`; absent: the whole body as text. */
          pointer: Type.Optional(Type.String({ pattern: '^(/[^/]*)*$' })),
          /** The state while the power is on, as text. */
          onValue: Type.String(),
        },
        { additionalProperties: false },
      ),
    ),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    minimumOffMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
  },
  { additionalProperties: false },
);
type HttpSwitchConfig = Static<typeof HttpSwitchSchema>;

const defaultTimeoutMs = 5000;
const defaultMinimumOffMs = 2000;
const bodyBytesMax = 65_536;

/** The value that a JSON pointer leads to, as text; undefined when it leads nowhere. */
function textAt(body: string, pointer: string | undefined): string | undefined {
  if (pointer === undefined) return body.trim();
  try {
    let value: unknown = JSON.parse(body);
    for (const escaped of pointer.split('/').slice(1)) {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
        return undefined;
      value = Object.entries(value).find(([name]) => name === key)?.[1];
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    // No JSON: then it has no such place either.
    return undefined;
  }
}

class HttpOutlet implements PowerSwitch {
  readonly minimumOffMs: number;
  readonly #client: HttpClient;
  readonly #config: HttpSwitchConfig;

  constructor(client: HttpClient, config: HttpSwitchConfig) {
    this.#client = client;
    this.#config = config;
    this.minimumOffMs = config.minimumOffMs ?? defaultMinimumOffMs;
  }

  readonly isOn = async (signal: AbortSignal): Promise<boolean | undefined> => {
    const { query, url } = this.#config;
    if (query === undefined) return undefined;
    const body = await this.#ask(query, signal);
    const state = textAt(body, query.pointer);
    if (state !== undefined) return state === query.onValue;
    const message = `${url} answers nothing at ${query.pointer ?? ''}: ${body.slice(0, 200)}`;
    throw labError('facility/rejected-command', message);
  };

  readonly set = async (isOn: boolean, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    await this.#ask(isOn ? this.#config.on : this.#config.off, signal);
    const found = await this.isOn(signal);
    if (found === undefined || found === isOn) return;
    const message = `${this.#config.url} took the command and stays ${found ? 'on' : 'off'}`;
    throw labError('facility/rejected-command', message);
  };

  readonly [Symbol.asyncDispose] = async (): Promise<void> => {
    await this.#client[Symbol.asyncDispose]();
  };

  async #ask(request: SwitchRequest, signal: AbortSignal): Promise<string> {
    const { url, timeoutMs = defaultTimeoutMs } = this.#config;
    const { method = 'GET', path, body, headers } = request;
    const bounded = withDeadline(timeoutMs, signal);
    let answer;
    try {
      answer = await this.#client.request({
        method,
        path,
        signal: bounded,
        ...(body === undefined ? {} : { body }),
        ...(headers === undefined ? {} : { headers }),
      });
    } catch (cause) {
      signal.throwIfAborted();
      throw labError('facility/no-answer', `${url} does not answer`, { cause });
    }
    const text = Buffer.from(answer.body).toString('utf8');
    if (answer.status >= 200 && answer.status < 300) return text;
    const message = `${url} answers ${answer.status}: ${text.slice(0, 200)}`;
    throw labError('facility/rejected-command', message, { details: { status: answer.status } });
  }
}

/** A power switch with an HTTP interface: any of the many that take a request each for on and off. */
export const httpSwitch = definePowerSwitchDriver({
  id: 'facility/http-switch',
  config: HttpSwitchSchema,
  resources: () => [],
  open: (config, { clock }) => {
    const options = { baseUrl: config.url, connectionCountMax: 1, bodyBytesMax };
    return Promise.resolve(new HttpOutlet(openHttpClient(options, clock), config));
  },
});
