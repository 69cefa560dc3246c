import { Type, type Static } from 'typebox';

import { chunkBytesMax } from './commands.ts';

const milliseconds = (defaultMs: number, description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_600_000, description: `${description}; ${defaultMs}` }),
  );

/** What a lab says about a serial board; each number's default stands at the end of its description. */
export const TinySerialConfigSchema = Type.Object(
  {
    path: Type.String({ minLength: 1, description: 'device path, better a by-id link' }),
    baudRate: Type.Optional(
      Type.Integer({ minimum: 1200, maximum: 4_000_000, description: 'bits per second; 115200' }),
    ),
    chunkBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: chunkBytesMax,
        description: 'bytes of a sample per command; 38',
      }),
    ),
    verify: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('read-back'), Type.Literal('count')], {
        description: 'how loads and results are checked, see README; auto',
      }),
    ),
    bootTimeoutMs: milliseconds(10_000, 'until a board that boots must answer'),
    probeTimeoutMs: milliseconds(1_000, 'for one answer to `name` while it is not yet known'),
    sweepTimeoutMs: milliseconds(300, 'silence per speed while the right one is looked for'),
    commandTimeoutMs: milliseconds(5_000, 'silence within the reply to a command'),
    chunkTimeoutMs: milliseconds(2_000, 'silence after a chunk of a sample'),
    inferTimeoutMs: milliseconds(30_000, 'silence of one inference; windows get more'),
    resyncTimeoutMs: milliseconds(10_000, 'until a disturbed board must answer again'),
    quietMs: milliseconds(100, 'silence that counts as the end of what was under way'),
    loadRetryCountMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'new tries of one load; 8' }),
    ),
    inferRetryCountMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'new tries of one inference; 3' }),
    ),
  },
  { additionalProperties: false },
);

/** What a lab says about a serial board. */
export type TinySerialConfig = Static<typeof TinySerialConfigSchema>;

/** The same with every default filled in. */
export type TinySerialSettings = Required<TinySerialConfig>;

const defaults = {
  baudRate: 115_200,
  chunkBytes: 38,
  verify: 'auto',
  bootTimeoutMs: 10_000,
  probeTimeoutMs: 1_000,
  sweepTimeoutMs: 300,
  commandTimeoutMs: 5_000,
  chunkTimeoutMs: 2_000,
  inferTimeoutMs: 30_000,
  resyncTimeoutMs: 10_000,
  quietMs: 100,
  loadRetryCountMax: 8,
  inferRetryCountMax: 3,
} as const satisfies Omit<TinySerialSettings, 'path'>;

/** Fills in the defaults. */
export function tinySerialSettings(config: TinySerialConfig): TinySerialSettings {
  return { ...defaults, ...config };
}
