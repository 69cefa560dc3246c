import { Type } from 'typebox';
import { Value } from 'typebox/value';

import type { ErrorRecord } from '#harness/contracts/error-record.ts';

/** What came from a serial board that did not answer as it should, and what was expected of it. */
export interface BoardDiagnosis {
  readonly boardId: string;
  readonly path: string;
  readonly baudRate: number;
  /** The command, with its terminator; what is no printable ASCII as `\xNN`. */
  readonly sent: string;
  readonly expected: string;
  /** Of the first bytes since the port was opened. */
  readonly receivedByteCount: number;
  /** The first 256 of them: two digits a byte, and as text with `\xNN`. */
  readonly receivedHex: string;
  readonly receivedText: string;
  /** Speeds that were tried besides; absent where the bytes show another cause. */
  readonly triedBaudRates?: readonly number[];
  /** The one of them at which the board answers. */
  readonly answersAtBaudRate?: number;
}

const shownBytesMax = 256;

const DetailsSchema = Type.Object({
  boardId: Type.String(),
  path: Type.String(),
  baudRate: Type.Number(),
  sent: Type.String(),
  expected: Type.String(),
  receivedByteCount: Type.Integer({ minimum: 0 }),
  receivedHex: Type.String({ pattern: '^(?:[0-9a-f]{2})*$' }),
  triedBaudRates: Type.Optional(Type.Array(Type.Number())),
  answersAtBaudRate: Type.Optional(Type.Number()),
});

/** Bytes as an operator reads them: printable ASCII as it is, everything else as `\xNN`. Pure. */
function readableText(hex: string): string {
  return Array.from(Buffer.from(hex, 'hex'), (byte) =>
    byte >= 0x20 && byte <= 0x7e
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/**
 * The diagnosis that an error carries in its details. Pure.
 *
 * @returns undefined for an error of another kind: those say everything in their message
 */
export function boardDiagnosis({ details }: ErrorRecord): BoardDiagnosis | undefined {
  if (!Value.Check(DetailsSchema, details)) return undefined;
  const receivedHex = details.receivedHex.slice(0, shownBytesMax * 2);
  const { triedBaudRates, answersAtBaudRate } = details;
  return {
    boardId: details.boardId,
    path: details.path,
    baudRate: details.baudRate,
    sent: details.sent,
    expected: details.expected,
    receivedByteCount: details.receivedByteCount,
    receivedHex,
    receivedText: readableText(receivedHex),
    ...(triedBaudRates === undefined ? {} : { triedBaudRates }),
    ...(answersAtBaudRate === undefined ? {} : { answersAtBaudRate }),
  };
}
