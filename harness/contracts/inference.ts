/** How a sample's bytes become the model's input: each element cast to float32, nothing else. */
export type InputElement = 'int8' | 'uint8';

/** What a model that answers in text is told and how its answer is read. */
export interface TextDeployment {
  /** Absolute path of the tokenizer.json that counts. */
  readonly tokenizerPath: string;
  readonly tokenizerSha256: string;
  /** Tokens that an answer may have. */
  readonly maxTokens: number;
  /** An answer counts for the class whose name it states first. */
  readonly classNames: readonly string[];
}

/** A model as it is put on a device. */
export interface ModelDeployment {
  /** Absolute path of the ONNX file. */
  readonly modelPath: string;
  readonly modelSha256: string;
  /** The name by which serial boards report it: `kws01`, `ic01`. */
  readonly boardModel: string;
  readonly inputElement: InputElement;
  /** Without the batch dimension: [49, 10, 1]. */
  readonly inputShape: readonly number[];
  /** Values per answer. */
  readonly outputLength: number;
  /**
   * Of models that answer in text: a sample is a prompt in UTF-8, filled up with NUL; the output has a 1 at the class
   * that the answer states and 0 elsewhere.
   */
  readonly text?: TextDeployment;
}

/** One loaded model; one inference at a time. */
export interface InferenceSession extends AsyncDisposable {
  /**
   * @param sample - the encoded sample, as many bytes as the input shape has elements
   * @returns `outputLength` values, a copy
   * @throws LabError suite/model-unusable when model and shapes do not fit
   */
  readonly infer: (sample: Uint8Array) => Promise<Float32Array>;
}

/** Port to the inference library; `suites/runtime` holds the only user of onnxruntime-node. */
export interface InferenceRuntime {
  /** Name and version of the library, for the record. */
  readonly version: string;
  /**
   * @throws LabError suite/model-missing, suite/model-hash-mismatch (the file's hash is checked), suite/model-unusable
   */
  readonly open: (
    deployment: ModelDeployment,
    options: {
      readonly threadCount: number;
      /** Names as the library knows them, the preferred first; absent: the processor alone. */
      readonly executionProviders?: readonly string[];
    },
  ) => Promise<InferenceSession>;
}
