/** Why a transport ended. */
export type TransportEnd =
  | { readonly reason: 'closed' }
  | { readonly reason: 'unplugged'; readonly cause?: unknown };

/** Bytes to and from one device, in order. Opened exclusively; closes through `await using`. */
export interface ByteTransport extends AsyncDisposable {
  /** The path as configured, for messages. */
  readonly path: string;
  /**
   * Hands the bytes to the operating system, all of them.
   *
   * @throws LabError serial/unplugged, serial/write-failed · the signal's reason
   */
  readonly write: (bytes: Uint8Array, signal: AbortSignal) => Promise<void>;
  /**
   * Calls back for every chunk as it arrives, on the tick it arrives; the chunk is the listener's own.
   *
   * @returns the function that ends it
   */
  readonly onBytes: (listener: (chunk: Uint8Array) => void) => () => void;
  /** Resolves once, when the transport has ended; never rejects. */
  readonly ended: Promise<TransportEnd>;
}
