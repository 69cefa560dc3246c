/** How many bytes of a model or a sample go into one frame. */
export interface PartSize {
  /** Bytes of the next part. */
  readonly bytes: () => number;
  /** The last part was lost: the next is half of it. */
  readonly shrink: () => void;
  /** The last part came through; after some, parts grow again. */
  readonly grow: () => void;
}

const partBytesMin = 32;
/** Parts in a row that must have come through before they grow. */
const soundPartCount = 16;

/** A part size that finds what the line lets through: on a bad one long frames are hit each time. */
export function adaptivePartSize(partBytesMax: number): PartSize {
  let partBytes = partBytesMax;
  let soundCount = 0;
  return {
    bytes: () => partBytes,
    shrink: () => {
      soundCount = 0;
      partBytes = Math.max(partBytesMin, Math.floor(partBytes / 2));
    },
    grow: () => {
      soundCount += 1;
      if (soundCount < soundPartCount) return;
      soundCount = 0;
      partBytes = Math.min(partBytesMax, partBytes * 2);
    },
  };
}
