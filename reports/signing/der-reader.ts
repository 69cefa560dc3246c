import { labError } from '#harness/contracts/error-catalogue.ts';

/** One element as it lies in the bytes. */
export interface DerElement {
  readonly tag: number;
  /** Without tag and length. */
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly bytes: Uint8Array;
}

/**
 * The element at an offset: definite lengths of at most four bytes only.
 *
 * @throws LabError evidence/unreadable when it runs past the end
 */
export function derElementAt(bytes: Uint8Array, offset: number): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw unreadable('ends early');
  let contentAt = offset + 2;
  let byteCount = first;
  if (first >= 0x80) {
    const digitCount = first - 0x80;
    if (digitCount === 0 || digitCount > 4) throw unreadable('has an unusual length');
    byteCount = 0;
    for (const digit of bytes.subarray(contentAt, contentAt + digitCount)) {
      byteCount = byteCount * 256 + digit;
    }
    contentAt += digitCount;
  }
  const end = contentAt + byteCount;
  if (end > bytes.length) throw unreadable('ends early');
  return { tag, content: bytes.subarray(contentAt, end), bytes: bytes.subarray(offset, end) };
}

/**
 * The elements that a constructed element holds, in order.
 *
 * @throws LabError evidence/unreadable
 */
export function derChildren(element: DerElement): DerElement[] {
  const children: DerElement[] = [];
  for (let offset = 0; offset < element.content.length;) {
    const child = derElementAt(element.content, offset);
    children.push(child);
    offset += child.bytes.length;
  }
  return children;
}

/**
 * The child by its place.
 *
 * @throws LabError evidence/unreadable when there is none
 */
export function derChild(element: DerElement, place: number): DerElement {
  const child = derChildren(element)[place];
  if (child === undefined) throw unreadable('lacks a part');
  return child;
}

function unreadable(problem: string): Error {
  return labError('evidence/unreadable', `A DER structure ${problem}.`);
}
