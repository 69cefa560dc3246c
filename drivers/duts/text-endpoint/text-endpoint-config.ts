import { Type, type Static } from 'typebox';

const milliseconds = (defaultMs: number, description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_600_000, description: `${description}; ${defaultMs}` }),
  );
const File = Type.String({ minLength: 1 });
const closed = { additionalProperties: false } as const;

/** What a lab says about an endpoint; each number's default stands at the end of its description. */
export const TextEndpointConfigSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^@\\s?#]+$',
      description: 'of the server, without v1 and without credentials: http://board:8000',
    }),
    api: Type.Optional(
      Type.Union([Type.Literal('chat'), Type.Literal('completions')], {
        description: 'v1/chat/completions or v1/completions; chat',
      }),
    ),
    model: Type.Optional(
      Type.String({ minLength: 1, description: 'as served; absent: the model name of the suite' }),
    ),
    apiKeyFile: Type.Optional(
      Type.String({ minLength: 1, description: 'holds the bearer token, and only that' }),
    ),
    extraFields: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'added to every request: ignore_eos, min_tokens, seed, …',
      }),
    ),
    connectionCount: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1024, description: 'requests under way at once; 8' }),
    ),
    connectTimeoutMs: milliseconds(5_000, 'until a connection stands'),
    identifyTimeoutMs: milliseconds(10_000, 'for the list of models'),
    bootTimeoutMs: milliseconds(120_000, 'until the server answers after a deploy'),
    answerTimeoutMs: milliseconds(120_000, 'for one whole answer'),
    usageTolerance: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description: "tokens by which the server's count may differ from ours; 1",
      }),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          caFile: Type.Optional(File),
          serverName: Type.Optional(File),
          certificateFile: Type.Optional(File),
          keyFile: Type.Optional(File),
        },
        closed,
      ),
    ),
  },
  closed,
);

/** What a lab says about an endpoint. */
export type TextEndpointConfig = Static<typeof TextEndpointConfigSchema>;

/** The same with every default filled in. */
export interface TextEndpointSettings {
  readonly url: string;
  readonly api: 'chat' | 'completions';
  readonly model: string | undefined;
  readonly extraFields: Readonly<Record<string, unknown>>;
  readonly connectionCount: number;
  readonly connectTimeoutMs: number;
  readonly identifyTimeoutMs: number;
  readonly bootTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly usageTolerance: number;
}

/** The address without what is appended to it: people copy it with or without `/v1`. */
export function serverUrl(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** Fills in the defaults. */
export function textEndpointSettings(config: TextEndpointConfig): TextEndpointSettings {
  return {
    url: serverUrl(config.url),
    api: config.api ?? 'chat',
    model: config.model,
    extraFields: config.extraFields ?? {},
    connectionCount: config.connectionCount ?? 8,
    connectTimeoutMs: config.connectTimeoutMs ?? 5_000,
    identifyTimeoutMs: config.identifyTimeoutMs ?? 10_000,
    bootTimeoutMs: config.bootTimeoutMs ?? 120_000,
    answerTimeoutMs: config.answerTimeoutMs ?? 120_000,
    usageTolerance: config.usageTolerance ?? 1,
  };
}
