import { labError, type ErrorCode } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

/** Less text than this among the bytes received means that the speeds differ. */
const textShareMin = 0.75;

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The two builds of the firmware. */
export type FirmwareMode = 'performance' | 'energy';

/** The build that is there when the other one is needed. */
export function otherMode(mode: FirmwareMode): FirmwareMode {
  return mode === 'energy' ? 'performance' : 'energy';
}

/** The bytes as an operator can read them: what is no printable ASCII as `\xNN`. */
export function readableBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte <= 0x7e
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/**
 * What it means that `sent` brought no proper answer. Pure.
 *
 * @param sent - the command, with its terminator
 * @param received - the first bytes that came since the port was opened
 * @param neededMode - the build of the firmware that must be there
 */
export function diagnoseSilence(
  sent: Uint8Array,
  received: Uint8Array,
  neededMode: FirmwareMode = 'performance',
): 'dut/no-answer' | 'dut/wrong-baud' | 'dut/echo' | 'dut/wrong-firmware-mode' {
  const text = Buffer.from(received).toString('latin1');
  if (text.includes(Buffer.from(sent).toString('latin1'))) return 'dut/echo';
  if (text.includes(`m-timestamp-mode-${otherMode(neededMode)}`)) return 'dut/wrong-firmware-mode';
  const textCount = received.reduce((count, byte) => count + (isText(byte) ? 1 : 0), 0);
  return textCount < received.length * textShareMin ? 'dut/wrong-baud' : 'dut/no-answer';
}

const sentences = {
  'dut/no-answer': 'answers no `name%`',
  'dut/wrong-baud': 'sends bytes that are no text',
  'dut/echo': 'sends back what is sent to it',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** The board runs the other build of its firmware than the job needs. */
export function wrongBuildError(boardId: string, needed: FirmwareMode): LabError {
  const found = otherMode(needed);
  return labError(
    'dut/wrong-firmware-mode',
    `the board ${boardId} runs the ${found} build of its firmware; the ${needed} build is needed`,
    { details: { boardId, found, needed } },
  );
}

/** What trying the usual speeds brought. */
export interface BaudSweep {
  /** Bits per second, in the order in which they were tried; the configured one is not among them. */
  readonly triedBaudRates: readonly number[];
  /** The speed at which the board ended a reply; undefined when it did so at none. */
  readonly answersAtBaudRate: number | undefined;
}

/** The same as an error, with the raw bytes and what was expected. */
export function silenceError(facts: {
  readonly boardId: string;
  readonly path: string;
  readonly baudRate: number;
  readonly sent: Uint8Array;
  readonly received: Uint8Array;
  /** The build of the firmware that must be there. Default performance. */
  readonly neededMode?: FirmwareMode;
  /** What other speeds brought, where they were tried. */
  readonly sweep?: BaudSweep;
}): LabError {
  const { boardId, path, baudRate, sent, received, sweep } = facts;
  const answersAtBaudRate = sweep?.answersAtBaudRate;
  const { neededMode = 'performance' } = facts;
  const isSpeedKnown = answersAtBaudRate !== undefined;
  const code = isSpeedKnown ? 'dut/wrong-baud' : diagnoseSilence(sent, received, neededMode);
  if (code === 'dut/wrong-firmware-mode') return wrongBuildError(boardId, neededMode);
  const found = isSpeedKnown ? `answers at ${answersAtBaudRate} baud only` : sentences[code];
  const bytes = received.length === 0 ? 'nothing arrived' : `${received.length} bytes arrived`;
  return labError(code, `the board ${boardId} at ${path} (${baudRate} baud) ${found}; ${bytes}`, {
    details: {
      boardId,
      path,
      baudRate,
      ...(sweep === undefined ? {} : { triedBaudRates: sweep.triedBaudRates }),
      ...(isSpeedKnown ? { answersAtBaudRate } : {}),
      sent: readableBytes(sent),
      expected: 'm-name-dut-[…] m-ready',
      receivedByteCount: received.length,
      received: readableBytes(received),
      receivedHex: Buffer.from(received).toString('hex'),
    },
  });
}
