import { Type, type Static } from 'typebox';

import { portChoice, portFields } from '../../transports/serial/configured-port.ts';

const milliseconds = (defaultMs: number, description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_600_000, description: `${description}; ${defaultMs}` }),
  );

/** What a lab says about a board that listens behind an interface board; defaults stand at the end of descriptions. */
export const TinyStreamingConfigSchema = Type.Object(
  {
    ...portFields,
    baudRate: Type.Optional(
      Type.Integer({ minimum: 1200, maximum: 4_000_000, description: 'bits per second; 115200' }),
    ),
    audioSpeed: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 10_000,
        description: 'seconds of audio in a second, of a simulated bench; 1',
      }),
    ),
    bootTimeoutMs: milliseconds(10_000, 'until the interface board must answer'),
    probeTimeoutMs: milliseconds(1_000, 'for one answer to `name` while it is not yet known'),
    commandTimeoutMs: milliseconds(5_000, 'silence within the reply to a command'),
    playTimeoutMs: milliseconds(10_000, 'how much longer than the audio playing it may take'),
    settleMs: milliseconds(250, 'from the end of the audio to `stop`'),
    resyncTimeoutMs: milliseconds(10_000, 'until a disturbed interface board must answer again'),
    quietMs: milliseconds(100, 'silence that counts as the end of what was under way'),
    commandRetryCountMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'new tries of one command; 6' }),
    ),
  },
  { additionalProperties: false, ...portChoice },
);

/** What a lab says about such a board. */
export type TinyStreamingConfig = Static<typeof TinyStreamingConfigSchema>;

/** The same with every default filled in. */
export type TinyStreamingSettings = Required<Omit<TinyStreamingConfig, 'usb'>>;

/** The configuration once it is known which port is meant. */
type PortConfig = TinyStreamingConfig & { readonly path: string };

const defaults = {
  baudRate: 115_200,
  audioSpeed: 1,
  bootTimeoutMs: 10_000,
  probeTimeoutMs: 1_000,
  commandTimeoutMs: 5_000,
  playTimeoutMs: 10_000,
  settleMs: 250,
  resyncTimeoutMs: 10_000,
  quietMs: 100,
  commandRetryCountMax: 6,
} as const satisfies Omit<TinyStreamingSettings, 'path'>;

/** Fills in the defaults. */
export function tinyStreamingSettings(config: PortConfig): TinyStreamingSettings {
  return { ...defaults, ...config };
}
