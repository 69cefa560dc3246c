import { Type, type Static } from 'typebox';

import { datatypeNames } from './tensor-data.ts';

const milliseconds = (defaultMs: number, description: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_600_000, description: `${description}; ${defaultMs}` }),
  );
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** What a lab says about an inference server; each number's default stands at the end of its description. */
export const OpenInferenceConfigSchema = Type.Object(
  {
    protocol: Type.Union([Type.Literal('http'), Type.Literal('grpc')]),
    url: Type.String({
      pattern: '^(https?|grpcs?)://[^/@\\s]+(/[^@\\s?#]*)?$',
      description: 'http://host:port[/prefix], https:, grpc: or grpcs:; no credentials in it',
    }),
    modelName: text("the model's name on the server; default the suite's boardModel"),
    models: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          { name: Type.String({ minLength: 1 }), version: text('default: as the server chooses') },
          { additionalProperties: false },
        ),
        { description: "name and version on the server, by the suite's boardModel" },
      ),
    ),
    inputName: text('needed where the model has several inputs'),
    outputName: text('needed where the model has several outputs'),
    encoding: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('binary'), Type.Literal('json')], {
        description: 'of tensors over HTTP; auto: binary where the server lists it',
      }),
    ),
    inputDatatype: Type.Optional(
      Type.Union(
        datatypeNames.map((name) => Type.Literal(name)),
        { description: 'sent instead of the datatype that the server states' },
      ),
    ),
    batchSizeMax: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 4096, description: 'samples in one request; 1' }),
    ),
    connectionCount: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1024, description: 'requests under way at once; 8' }),
    ),
    connectTimeoutMs: milliseconds(5_000, 'until a connection must stand'),
    commandTimeoutMs: milliseconds(10_000, 'for health and metadata'),
    bootTimeoutMs: milliseconds(120_000, 'until server and model must be ready after a deploy'),
    inferTimeoutMs: milliseconds(30_000, 'for the answer to one inference'),
    tls: Type.Optional(
      Type.Object(
        {
          caFile: text('PEM; certificates to trust instead of those of the system'),
          serverName: text("the name in the server's certificate; default the host"),
          certificateFile: text('PEM; ours'),
          keyFile: text('PEM; ours'),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** What a lab says about an inference server. */
export type OpenInferenceConfig = Static<typeof OpenInferenceConfigSchema>;

const defaults = {
  encoding: 'auto',
  batchSizeMax: 1,
  connectionCount: 8,
  connectTimeoutMs: 5_000,
  commandTimeoutMs: 10_000,
  bootTimeoutMs: 120_000,
  inferTimeoutMs: 30_000,
} as const satisfies Partial<OpenInferenceConfig>;

/** The same with every default filled in. */
export type OpenInferenceSettings = OpenInferenceConfig &
  Required<Pick<OpenInferenceConfig, keyof typeof defaults>>;

/** Fills in the defaults. */
export function openInferenceSettings(config: OpenInferenceConfig): OpenInferenceSettings {
  return { ...defaults, ...config };
}

/** The model's name and version on the server; version empty: as the server chooses. */
export function serverModel(
  { modelName, models }: OpenInferenceConfig,
  boardModel: string,
): { readonly name: string; readonly version: string } {
  const mapped =
    models !== undefined && Object.hasOwn(models, boardModel) ? models[boardModel] : undefined;
  return {
    name: mapped?.name ?? modelName ?? boardModel,
    version: mapped?.version ?? '',
  };
}
