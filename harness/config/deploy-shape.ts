import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const timeoutMs = Type.Number({ exclusiveMinimum: 0, maximum: 600_000 });
const retryCount = Type.Optional(Type.Integer({ minimum: 0, maximum: 10 }));

const DeployFileShape = Type.Object(
  { file: Text, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
  closed,
);

const commandKeys = {
  command: Type.Array(Text, { minItems: 1 }),
  environment: Type.Optional(Type.Record(Type.String(), Type.String())),
  timeoutMs,
  retryCount,
};

/** How a model or firmware gets onto a board. */
export const DeployRecipeShape = Type.Union([
  Type.Object({ kind: Type.Literal('none') }, closed),
  Type.Object({ kind: Type.Literal('driver') }, closed),
  Type.Object(
    {
      kind: Type.Literal('command'),
      ...commandKeys,
      firmware: Type.Optional(DeployFileShape),
      verify: Type.Optional(
        Type.Object({ ...commandKeys, expectOutput: Type.Optional(Text) }, closed),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('copy'),
      host: Text,
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
      identityFile: Type.Optional(Text),
      remotePath: Text,
      restart: Type.Optional(Type.Array(Text, { minItems: 1 })),
      timeoutMs,
      retryCount,
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('serial-boot-loader'),
      path: Text,
      baudRate: Type.Optional(Type.Integer({ minimum: 1200, maximum: 921_600 })),
      firmware: DeployFileShape,
      address: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
      timeoutMs,
      retryCount,
    },
    closed,
  ),
]);
