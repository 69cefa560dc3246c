import type { DutContext } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import type { BenchLink, BenchReply } from './bench-link.ts';
import { interfaceBoardName } from './bench-replies.ts';
import { lineVotes } from './line-votes.ts';
import type { TinyStreamingSettings } from './tiny-streaming-config.ts';

/** One opened bench: the link, its settings, and who uses it. */
export interface BenchSession {
  readonly link: BenchLink;
  readonly settings: TinyStreamingSettings;
  readonly context: DutContext;
}

const nsPerMs = 1e6;
/** Readings of a list, besides the new tries: two on a good link, some more on a bad one. */
const readingCountMin = 6;

/** The board fell silent; `message` follows its name. */
export function benchTimeout({ context, settings }: BenchSession, message: string): LabError {
  const { boardId } = context;
  return labError('dut/timeout', `the board ${boardId} ${message}`, {
    details: { boardId, path: settings.path },
  });
}

/** Whether the interface board answers `name` now with exactly its name. */
async function answersName({ link, settings }: BenchSession): Promise<boolean> {
  const { lines, readyAtNs } = await link.exchange('name', { silenceMs: settings.probeTimeoutMs });
  link.isInStep = readyAtNs !== undefined && lines.length === 1 && lines[0] === interfaceBoardName;
  return link.isInStep;
}

/**
 * Reads until quiet and asks for the name until it comes alone: what was half sent before is flushed by that.
 *
 * @returns false when it did not come within `timeoutMs`
 */
export async function reachBench(session: BenchSession, timeoutMs: number): Promise<boolean> {
  const { link, settings } = session;
  const endNs = link.nowNs + timeoutMs * nsPerMs;
  do {
    await link.quiet(settings.quietMs, timeoutMs);
    if (await answersName(session)) return true;
  } while (link.nowNs < endNs);
  return false;
}

/** Nothing is sent when the sides are in step already. @throws LabError dut/timeout */
export async function ensureInStep(session: BenchSession): Promise<void> {
  const { link, settings } = session;
  if (link.isInStep) return;
  link.counters.resyncCount += 1;
  if (!(await reachBench(session, settings.resyncTimeoutMs)))
    throw benchTimeout(session, 'did not come back into step: the interface board must be reset');
}

/** A question that may be asked again. */
export interface Question<Answer> {
  readonly command: string;
  /** To the device behind the interface board. */
  readonly isForDut: boolean;
  /** The answer in a whole reply; undefined when it is damaged. May throw. */
  readonly read: (lines: readonly string[]) => Answer | undefined;
}

async function askOnce(
  { link, settings }: BenchSession,
  { command, isForDut }: Question<unknown>,
): Promise<BenchReply> {
  const limits = { silenceMs: settings.commandTimeoutMs };
  return isForDut ? link.exchangeDut(command, limits) : link.exchange(command, limits);
}

/**
 * Asks until an undamaged answer comes; a reply of the device must begin with the echo of the command.
 *
 * @throws LabError dut/garbled-reply, dut/timeout when the board falls silent
 */
export async function ask<Answer>(
  session: BenchSession,
  question: Question<Answer>,
): Promise<Answer> {
  const { link, settings, context } = session;
  const { command } = question;
  for (let tryCount = 0; tryCount <= settings.commandRetryCountMax; tryCount += 1) {
    if (tryCount > 0) link.counters.retryCount += 1;
    await ensureInStep(session);
    const { lines, readyAtNs } = await askOnce(session, question);
    const answer = readyAtNs === undefined ? undefined : question.read(lines);
    if (answer !== undefined) return answer;
    link.counters.garbledReplyCount += 1;
    const fields = { command, lineCount: lines.length, isComplete: readyAtNs !== undefined };
    context.log({ level: 'warn', message: 'reply damaged, asked again', fields });
  }
  const { boardId } = context;
  throw labError('dut/garbled-reply', `the board ${boardId} never answers \`${command}\` whole`, {
    details: { boardId, command, tryCount: settings.commandRetryCountMax + 1 },
  });
}

/** A list of a hundred lines on a bad link needs several readings for each that a short reply needs. */
const readingsPerRetry = 4;

/**
 * The same until every line of it came twice alike: lists have no checksum, and a long one is hardly ever whole on a
 * bad link.
 *
 * @throws LabError dut/garbled-reply, dut/timeout
 */
export async function askUntilAgreed<Answer>(
  session: BenchSession,
  question: Question<Answer>,
): Promise<Answer> {
  const { link, settings, context } = session;
  const votes = lineVotes();
  const readingCountMax = settings.commandRetryCountMax * readingsPerRetry + readingCountMin;
  for (let count = 0; count < readingCountMax; count += 1) {
    await ensureInStep(session);
    const { lines, readyAtNs } = await askOnce(session, question);
    if (readyAtNs !== undefined) votes.add(lines);
    const agreed = votes.agreed();
    const answer = agreed === undefined ? undefined : question.read(agreed);
    if (answer !== undefined) return answer;
    if (count > 0 || readyAtNs === undefined) {
      link.counters.garbledReplyCount += 1;
      link.counters.retryCount += 1;
    }
  }
  const { boardId } = context;
  const { command } = question;
  throw labError('dut/garbled-reply', `the board ${boardId} answers \`${command}\` differently`, {
    details: { boardId, command },
  });
}

/** What the device answers behind the echo of `command`; undefined without exactly that echo. */
export function afterEcho(
  lines: readonly string[],
  command: string,
): readonly string[] | undefined {
  const place = lines.indexOf(`Received command: ${command}`);
  return place < 0 ? undefined : lines.slice(place + 1);
}
