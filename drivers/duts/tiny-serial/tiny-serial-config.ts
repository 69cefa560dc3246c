import { Type, type Static } from 'typebox';

import { portChoice, portFields } from '../../transports/serial/configured-port.ts';
import { chunkBytesMax } from './commands.ts';

const milliseconds = (defaultMs: number, description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_600_000, description: `${description}; ${defaultMs}` }),
  );

/** What a lab says about a serial board; each number's default stands at the end of its description. */
export const TinySerialConfigSchema = Type.Object(
  {
    ...portFields,
    baudRate: Type.Optional(
      Type.Integer({
        minimum: 1200,
        maximum: 4_000_000,
        description: 'bits per second; 115200, of an energy build without IO manager 9600',
      }),
    ),
    firmwareMode: Type.Optional(
      Type.Union([Type.Literal('performance'), Type.Literal('energy')], {
        description: 'build of the firmware that must be there; performance',
      }),
    ),
    ioManager: Type.Optional(
      Type.Union([Type.Literal('arduino'), Type.Literal('stm32')], {
        description: 'generation of the IO manager that relays to the board; none',
      }),
    ),
    dutBaudRate: Type.Optional(
      Type.Integer({
        minimum: 1200,
        maximum: 4_000_000,
        description:
          'bits per second between IO manager and board; of an energy build 9600, else as it is set',
      }),
    ),
    chunkBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: chunkBytesMax,
        description: 'bytes of a sample per command; 38, through an IO manager 26',
      }),
    ),
    verify: Type.Optional(
      Type.Union([Type.Literal('read-back'), Type.Literal('sampled'), Type.Literal('count')], {
        description: 'how loads and results are checked, see README; read-back',
      }),
    ),
    bootTimeoutMs: milliseconds(10_000, 'until a board that boots must answer'),
    probeTimeoutMs: milliseconds(1_000, 'for one answer to `name` while it is not yet known'),
    sweepTimeoutMs: milliseconds(300, 'silence per speed while the right one is looked for'),
    commandTimeoutMs: milliseconds(5_000, 'silence within the reply to a command'),
    chunkTimeoutMs: milliseconds(2_000, 'silence after a chunk of a sample'),
    inferTimeoutMs: milliseconds(30_000, 'silence of one inference; windows get more'),
    ioManagerTimeoutMs: milliseconds(500, 'for one acknowledgement of the IO manager'),
    resyncTimeoutMs: milliseconds(10_000, 'until a disturbed board must answer again'),
    quietMs: milliseconds(100, 'silence that counts as the end of what was under way'),
    loadRetryCountMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'new tries of one load; 60' }),
    ),
    inferRetryCountMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'new tries of one inference; 3' }),
    ),
  },
  { additionalProperties: false, ...portChoice },
);

/** What a lab says about a serial board. */
export type TinySerialConfig = Static<typeof TinySerialConfigSchema>;

/** What has no default: without it there is no IO manager, or its speed stays as it is. */
type Relayed = Pick<TinySerialConfig, 'ioManager' | 'dutBaudRate'>;

/** The same with every default filled in. */
export type TinySerialSettings = Required<Omit<TinySerialConfig, keyof Relayed | 'usb'>> & Relayed;

/** The configuration once it is known which port is meant. */
type PortConfig = TinySerialConfig & { readonly path: string };

const defaults = {
  baudRate: 115_200,
  chunkBytes: 38,
  firmwareMode: 'performance',
  verify: 'read-back',
  bootTimeoutMs: 10_000,
  probeTimeoutMs: 1_000,
  sweepTimeoutMs: 300,
  commandTimeoutMs: 5_000,
  chunkTimeoutMs: 2_000,
  inferTimeoutMs: 30_000,
  ioManagerTimeoutMs: 500,
  resyncTimeoutMs: 10_000,
  quietMs: 100,
  loadRetryCountMax: 60,
  inferRetryCountMax: 3,
} as const satisfies Omit<TinySerialSettings, 'path'>;

/** Bytes a chunk through an IO manager, as the public runner has it (sheet 1.1). */
const relayedChunkBytes = 26;
/** The speed of energy builds (sheet 1.1). */
const energyBaudRate = 9_600;

/** Fills in the defaults. */
export function tinySerialSettings(config: PortConfig): TinySerialSettings {
  const isEnergy = config.firmwareMode === 'energy';
  if (config.ioManager === undefined) {
    return { ...defaults, ...(isEnergy ? { baudRate: energyBaudRate } : {}), ...config };
  }
  const isSpeedKnown = isEnergy && config.ioManager === 'stm32';
  return {
    ...defaults,
    chunkBytes: relayedChunkBytes,
    ...(isSpeedKnown ? { dutBaudRate: energyBaudRate } : {}),
    ...config,
  };
}
