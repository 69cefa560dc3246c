import { labError } from '#harness/contracts/error-catalogue.ts';
import type { DutIdentity } from '#harness/contracts/records/run-record.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { usbIdentityOfTty } from '../../transports/usb/usb-identity-of-tty.ts';
import { findBaudRate } from './baud-sweep.ts';
import { boardSilence, isOtherBuild, reachBoard } from './boot.ts';
import { encodeCommand } from './commands.ts';
import { wrongBuildError, type FirmwareMode } from './diagnosis.ts';
import type { TinyMessage } from './protocol.ts';
import { ensureInStep } from './resync.ts';
import { noteGarbled, type TinySession } from './session.ts';

/** Times a question is asked until two answers agree. */
const askCountMax = 8;
/** Answers without the line asked for, after which it is taken as not given. */
const absentCountMax = 3;

async function ask(session: TinySession, command: string): Promise<readonly TinyMessage[]> {
  const { link, settings } = session;
  for (let count = 0; count < askCountMax; count += 1) {
    await ensureInStep(session);
    const reply = await link.exchange(encodeCommand(command), {
      silenceMs: settings.commandTimeoutMs,
    });
    const isRefused = reply.messages.some(({ kind }) => kind === 'error');
    if (reply.isComplete && !isRefused) return reply.messages;
    noteGarbled(session, 'no proper reply', { reason: command, isInStep: reply.isComplete });
  }
  throw disagreement(session, command);
}

function disagreement(session: TinySession, command: string): Error {
  const { boardId } = session.context;
  return labError('dut/garbled-reply', `the board ${boardId} answers \`${command}\` differently`, {
    details: { boardId, command, askCount: askCountMax },
  });
}

/**
 * One line of an answer. The protocol has no checksum: the text counts that came twice.
 *
 * @param read - the text in an answer, undefined where the line is missing
 * @returns an empty text when the line never comes
 */
async function askUntilAgreed(
  session: TinySession,
  command: string,
  read: (messages: readonly TinyMessage[]) => string | undefined,
): Promise<string> {
  const seen = new Set<string>();
  let absentCount = 0;
  for (let count = 0; count < askCountMax; count += 1) {
    const text = read(await ask(session, command));
    if (text === undefined) absentCount += 1;
    else if (seen.has(text)) return text;
    else seen.add(text);
    if (seen.size === 0 && absentCount === absentCountMax) return '';
    if (seen.size + absentCount > 1) {
      noteGarbled(session, 'answers differ', { reason: command, isInStep: true });
    }
  }
  throw disagreement(session, command);
}

function readName(messages: readonly TinyMessage[]): string | undefined {
  return messages.find((message) => message.kind === 'name')?.vendor;
}

function readFirmware(messages: readonly TinyMessage[]): string | undefined {
  return messages.find((message) => message.kind === 'profile')?.firmware;
}

function readModel(messages: readonly TinyMessage[]): string | undefined {
  return messages.find((message) => message.kind === 'model')?.model;
}

/**
 * An energy build answers `timestamp` with an edge on a pin and no line; a performance build with its timer (sheet
 * 1.2). One empty answer may be a lost line, so three are taken for a fact.
 *
 * @throws LabError dut/wrong-firmware-mode
 */
async function requireBuild(session: TinySession): Promise<void> {
  const { firmwareMode } = session.settings;
  let found: FirmwareMode = 'energy';
  for (let count = 0; count < absentCountMax && found === 'energy'; count += 1) {
    const messages = await ask(session, 'timestamp');
    if (messages.some(({ kind }) => kind === 'lap')) found = 'performance';
  }
  if (found !== firmwareMode) throw wrongBuildError(session.context.boardId, firmwareMode);
}

/** Why the board was not reached; the speeds are tried only when no other cause shows in the bytes. */
async function unreached(session: TinySession): Promise<LabError> {
  const { ioManager } = session;
  if (ioManager?.relay.hanging !== undefined) return ioManager.relay.hanging;
  const error = boardSilence(session);
  // The speed that may be wrong then is that of the IO manager towards the board.
  if (ioManager !== undefined) return error;
  const isSpeedPossible = error.code === 'dut/no-answer' || error.code === 'dut/wrong-baud';
  if (!isSpeedPossible) return error;
  const received = session.link.capture.bytes();
  const sweep = await findBaudRate(session);
  // What the sweep brought is no evidence of what was first there.
  session.link.capture.clear();
  session.link.capture.add(received);
  return boardSilence(session, sweep);
}

async function readIdentity(session: TinySession): Promise<DutIdentity> {
  if (!(await reachBoard(session))) throw await unreached(session);
  if (isOtherBuild(session)) throw boardSilence(session);
  await requireBuild(session);
  const vendor = await askUntilAgreed(session, 'name', readName);
  const firmware = await askUntilAgreed(session, 'profile', readFirmware);
  const model = await askUntilAgreed(session, 'profile', readModel);
  const { firmwareMode, path } = session.settings;
  const usb = await usbIdentityOfTty(path);
  return { vendor, firmware, firmwareMode, model, ...(usb === undefined ? {} : { usb }) };
}

/**
 * Who is there: in step first, then the build of the firmware, then name and profile.
 *
 * @throws LabError dut/no-answer, dut/wrong-baud, dut/echo, dut/wrong-firmware-mode, dut/garbled-reply, dut/timeout
 */
export async function identify(session: TinySession): Promise<DutIdentity> {
  session.link.expectBoot(true);
  try {
    return await readIdentity(session);
  } finally {
    session.link.expectBoot(false);
  }
}
