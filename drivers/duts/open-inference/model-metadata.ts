import { Type, type Static } from 'typebox';

/** An input or output of a model; −1 in a shape: any size. */
export const TensorMetadataSchema = Type.Object({
  name: Type.String(),
  datatype: Type.String(),
  shape: Type.Array(Type.Integer()),
});

/** An input or output of a model. */
export type TensorMetadata = Static<typeof TensorMetadataSchema>;

/** What a server says about a model. */
export const ModelMetadataSchema = Type.Object({
  name: Type.String(),
  platform: Type.Optional(Type.String()),
  inputs: Type.Array(TensorMetadataSchema),
  outputs: Type.Array(TensorMetadataSchema),
});

/** What a server says about a model. */
export type ModelMetadata = Static<typeof ModelMetadataSchema>;

/** What a server says about itself. */
export const ServerMetadataSchema = Type.Object({
  name: Type.String(),
  version: Type.String(),
  extensions: Type.Optional(Type.Array(Type.String())),
});

/** What a server says about itself. */
export type ServerMetadata = Static<typeof ServerMetadataSchema>;
