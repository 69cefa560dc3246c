import { labError, type ErrorCode } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { usbIdentityOfTty } from '../../transports/usb/usb-identity-of-tty.ts';
import { interfaceBoardName, parseWords, type DutWords } from './bench-replies.ts';
import { afterEcho, askUntilAgreed, reachBench, type BenchSession } from './bench-session.ts';

/** Less text than this among the bytes received means that the speeds differ. */
const textShareMin = 0.75;

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 0x0a || byte === 0x0d;
}

/** What it means that `name%` brought no proper answer. Pure. */
export function diagnoseBench(received: Uint8Array): {
  readonly code: ErrorCode;
  readonly sentence: string;
} {
  const text = Buffer.from(received).toString('latin1');
  if (text.includes('name%')) {
    return { code: 'dut/echo', sentence: 'sends back what is sent to it' };
  }
  const textCount = received.reduce((count, byte) => count + (isText(byte) ? 1 : 0), 0);
  if (textCount < received.length * textShareMin) {
    return { code: 'dut/wrong-baud', sentence: 'sends bytes that are no text' };
  }
  if (text.includes('m-name-dut-') || text.includes('e-[Unknown command')) {
    const sentence = 'is a device by itself; an interface board must stand between';
    return { code: 'dut/no-answer', sentence };
  }
  return { code: 'dut/no-answer', sentence: 'does not answer as an interface board' };
}

function unreached({ context, settings, link }: BenchSession): LabError {
  const { boardId } = context;
  const { path, baudRate } = settings;
  const received = link.captured;
  const { code, sentence } = diagnoseBench(received);
  return labError(code, `the board ${boardId} at ${path} (${baudRate} baud) ${sentence}`, {
    details: {
      boardId,
      path,
      baudRate,
      sent: 'name%',
      expected: `${interfaceBoardName} m-ready`,
      receivedByteCount: received.length,
      receivedHex: Buffer.from(received).toString('hex'),
    },
  });
}

/** @throws LabError dut/wrong-firmware-mode when the device answers but echoes nothing: it has the core firmware */
function wordsIn(
  { context }: BenchSession,
  command: string,
  lines: readonly string[],
): DutWords | undefined {
  const own = afterEcho(lines, command);
  if (own !== undefined) return parseWords(own);
  const words = parseWords(lines);
  const hasEcho = lines.some((line) => line.startsWith('Received'));
  if (hasEcho || (words.vendor === undefined && words.model === undefined)) return undefined;
  const { boardId } = context;
  throw labError(
    'dut/wrong-firmware-mode',
    `the board ${boardId} has the firmware of single samples; that of streams is needed`,
    { details: { boardId, command } },
  );
}

/** A word of the device that came twice alike; empty when it tells none. */
async function word(
  session: BenchSession,
  command: string,
  pick: (words: DutWords) => string | undefined,
): Promise<string> {
  return askUntilAgreed(session, {
    command,
    isForDut: true,
    read: (lines) => {
      const words = wordsIn(session, command, lines);
      return words === undefined ? undefined : pick(words);
    },
  });
}

/**
 * Who is there: the interface board first, then the device behind it.
 *
 * @throws LabError dut/no-answer, dut/wrong-baud, dut/echo, dut/wrong-firmware-mode, dut/garbled-reply, dut/timeout
 */
export async function identify(session: BenchSession): Promise<DutIdentity> {
  const { link, settings } = session;
  if (!link.isInStep && !(await reachBench(session, settings.bootTimeoutMs)))
    throw unreached(session);
  const usb = await usbIdentityOfTty(settings.path);
  return {
    ...(usb === undefined ? {} : { usb }),
    vendor: await word(session, 'name', ({ vendor }) => vendor),
    firmware: await word(session, 'profile', ({ firmware }) => firmware),
    firmwareMode: 'none',
    model: await word(session, 'profile', ({ model }) => model),
  };
}
