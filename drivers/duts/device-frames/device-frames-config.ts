import { Type, type Static } from 'typebox';

import { TlsSchema } from '../../transports/tcp/tcp-transport.ts';

const milliseconds = (defaultMs: number, description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_600_000, description: `${description}; ${defaultMs}` }),
  );

const SerialLinkSchema = Type.Object(
  {
    kind: Type.Literal('serial'),
    path: Type.String({ minLength: 1, description: 'device path, better a by-id link' }),
    baudRate: Type.Integer({ minimum: 1200, maximum: 12_000_000, description: 'bits per second' }),
  },
  { additionalProperties: false },
);

const TcpLinkSchema = Type.Object(
  {
    kind: Type.Literal('tcp'),
    host: Type.String({ minLength: 1 }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '4816' })),
    tls: Type.Optional(TlsSchema),
  },
  { additionalProperties: false },
);

const UsbId = Type.Integer({ minimum: 0, maximum: 0xffff });

/** As the USB transport selects; written out here, since its module loads the USB library. */
const UsbLinkSchema = Type.Object(
  {
    kind: Type.Literal('usb'),
    vendorId: Type.Optional(UsbId),
    productId: Type.Optional(UsbId),
    serialNumber: Type.Optional(Type.String({ minLength: 1 })),
    topologyPath: Type.Optional(
      Type.String({ pattern: '^(usb\\d+|\\d+-\\d+(\\.\\d+)*)$', description: '1-1.2' }),
    ),
  },
  { additionalProperties: false },
);

/** What a lab says about a device that speaks frames; each number's default stands at the end of its description. */
export const DeviceFramesConfigSchema = Type.Object(
  {
    link: Type.Union([SerialLinkSchema, TcpLinkSchema, UsbLinkSchema]),
    token: Type.Optional(
      Type.String({ minLength: 1, description: 'for AUTH; better in a file of its own' }),
    ),
    tokenFile: Type.Optional(
      Type.String({ minLength: 1, description: 'file with the token; white space around it goes' }),
    ),
    greetTimeoutMs: milliseconds(3000, 'until a device that is there must have answered HELLO'),
    bootTimeoutMs: milliseconds(15_000, 'until a device that boots must answer'),
    replyTimeoutMs: milliseconds(
      5000,
      'silence, without ALIVE, after which a device counts as dead',
    ),
    chunkBytes: Type.Optional(
      Type.Integer({
        minimum: 32,
        maximum: 1_048_576,
        description:
          'bytes of a model or sample per frame, at most; 2048 on serial lines, else 65536',
      }),
    ),
    retryCountMax: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description: 'damaged replies to one request, or to one part; 30',
      }),
    ),
    telemetryPeriodMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3_600_000,
        description: "between the device's own readings; 0 for none; 1000",
      }),
    ),
  },
  { additionalProperties: false },
);

/** What a lab says about a device that speaks frames. */
export type DeviceFramesConfig = Static<typeof DeviceFramesConfigSchema>;

/** How the device is reached. */
export type DeviceLinkConfig = DeviceFramesConfig['link'];

/** The same with every default filled in. */
export type DeviceFramesSettings = Required<Omit<DeviceFramesConfig, 'token' | 'tokenFile'>> &
  Pick<DeviceFramesConfig, 'token' | 'tokenFile'>;

const defaults = {
  greetTimeoutMs: 3000,
  bootTimeoutMs: 15_000,
  replyTimeoutMs: 5000,
  retryCountMax: 30,
  telemetryPeriodMs: 1000,
} as const;

/** Fills in the defaults. */
export function deviceFramesSettings(config: DeviceFramesConfig): DeviceFramesSettings {
  const chunkBytes = config.link.kind === 'serial' ? 2048 : 65_536;
  return { chunkBytes, ...defaults, ...config };
}
