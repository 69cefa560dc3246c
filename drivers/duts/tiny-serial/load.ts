import { labError } from '#harness/contracts/error-catalogue.ts';

import { chunkCommands, encodeCommand, loadCommand } from './commands.ts';
import { readBack } from './read-back.ts';
import { restOfChunk } from './refused-chunk.ts';
import type { Reply } from './reply.ts';
import { ensureInStep } from './resync.ts';
import { hasShownErrors, noteGarbled, type TinySession } from './session.ts';

/** Why a try of a load failed, in words; undefined when it did not. */
type Problem = string | undefined;

const printCommand = encodeCommand('db print');
/** Times one refused chunk is sent again before the load starts anew. */
const chunkResendCountMax = 3;
/** Loads in a row that `sampled` trusts with the count alone. */
const countedLoadCountMax = 7;
/** Readings of `db print` until each line was whole once. */
const readBackCountMax = 6;

/** What in this reply speaks against `expected` protocol lines; debug lines are no concern. */
function replyProblem(reply: Reply, expectedCount: number): Problem {
  if (!reply.isComplete) return 'the board fell silent';
  let count = 0;
  for (const message of reply.messages) {
    if (message.kind === 'error') return message.words;
    if (message.kind !== 'other') count += 1;
  }
  return count === expectedCount ? undefined : `${count} lines where ${expectedCount} are due`;
}

async function announce(session: TinySession, byteCount: number): Promise<Problem> {
  const { link, settings, context } = session;
  const limits = { silenceMs: settings.commandTimeoutMs };
  const reply = await link.exchange(loadCommand(byteCount), limits);
  const oversize = reply.messages.find((message) => message.kind === 'oversize');
  if (oversize?.byteCount === byteCount) {
    const { boardId } = context;
    throw labError(
      'dut/sample-too-large',
      `the board ${boardId} has room for ${oversize.limitBytes} bytes, the sample has ${byteCount}`,
      { details: { boardId, byteCount, limitBytes: oversize.limitBytes } },
    );
  }
  const problem = replyProblem(reply, 1);
  if (problem !== undefined) return problem;
  const expecting = reply.messages.find((message) => message.kind === 'expecting');
  return expecting?.byteCount === byteCount ? undefined : 'another number of bytes is expected';
}

/** The words of a refusal that left both sides in step: one `e-` line, then `m-ready`, nothing else of the protocol. */
function refusalIn(reply: Reply): string | undefined {
  const spoken = reply.messages.filter(({ kind }) => kind !== 'other');
  const [first] = spoken;
  const isRefusal = reply.isComplete && spoken.length === 1 && first?.kind === 'error';
  return isRefusal ? first.words : undefined;
}

interface Sending {
  readonly problem: Problem;
  /** Chunks sent again; where there are any, only a read-back tells what the board holds. */
  readonly resentCount: number;
}

/**
 * Sends one chunk until it is taken. Of a refused chunk that is sent again which was not stored: all of it after the
 * usual refusal, an odd number of digits or an unknown word. Where that was wrong the count or the read-back shows it.
 */
async function sendChunk(
  session: TinySession,
  chunk: Uint8Array,
  isLast: boolean,
): Promise<Sending> {
  const { link, settings } = session;
  const resendCountMax = settings.verify === 'count' ? 0 : chunkResendCountMax;
  let rest = chunk;
  for (let resentCount = 0; ; resentCount += 1) {
    const reply = await link.exchange(rest, { silenceMs: settings.chunkTimeoutMs });
    if (!link.isInStep) return { problem: 'a reply too many, or none', resentCount };
    const refusal = refusalIn(reply);
    const again = refusal === undefined ? undefined : restOfChunk(rest, refusal);
    if (again !== undefined && resentCount < resendCountMax) {
      noteGarbled(session, 'chunk refused', { reason: 'an e- line', isInStep: true });
      rest = again;
      continue;
    }
    const problem = replyProblem(reply, isLast ? 1 : 0);
    if (problem !== undefined) return { problem, resentCount };
    const isDone = reply.messages.some(({ kind }) => kind === 'load-done');
    return { problem: isLast && !isDone ? 'no m-load-done' : undefined, resentCount };
  }
}

async function sendChunks(session: TinySession, chunks: readonly Uint8Array[]): Promise<Sending> {
  let resentCount = 0;
  for (const [index, chunk] of chunks.entries()) {
    const sent = await sendChunk(session, chunk, index === chunks.length - 1);
    resentCount += sent.resentCount;
    session.link.counters.retryCount += sent.resentCount;
    if (sent.problem !== undefined) {
      const place = `chunk ${index + 1} of ${chunks.length}`;
      return { problem: `${place}: ${sent.problem}`, resentCount };
    }
  }
  return { problem: undefined, resentCount };
}

/** Asks with `db print` what the board holds, until it is clear. */
async function verifyHeld(session: TinySession, sample: Uint8Array): Promise<Problem> {
  const { link, settings } = session;
  const comparison = readBack(sample);
  for (let count = 0; count < readBackCountMax; count += 1) {
    await ensureInStep(session);
    const reply = await link.exchange(printCommand, { silenceMs: settings.commandTimeoutMs });
    const outcome = comparison.add(reply.messages);
    if (outcome === 'verified') {
      session.countedLoadCount = 0;
      return undefined;
    }
    if (!reply.isComplete) return 'read-back: the board fell silent';
    noteGarbled(session, 'read-back damaged', { reason: outcome, isInStep: true });
    if (outcome === 'differs') return 'read-back: the board holds other bytes';
  }
  return `read-back: not clear in ${readBackCountMax} readings`;
}

/**
 * Whether a load is read back now. `sampled`: the first load of a session and every eighth, and every load once
 * anything has gone wrong on the link; in between a link that never erred is trusted with the count alone.
 */
function isReadBackDue(session: TinySession): boolean {
  const { verify } = session.settings;
  if (verify !== 'sampled') return verify === 'read-back';
  const { countedLoadCount } = session;
  const isTurn = countedLoadCount === undefined || countedLoadCount >= countedLoadCountMax;
  return isTurn || hasShownErrors(session);
}

async function loadOnce(session: TinySession, sample: Uint8Array): Promise<Problem> {
  await ensureInStep(session);
  const announced = await announce(session, sample.length);
  if (announced !== undefined) return announced;
  const chunks = chunkCommands(sample, session.settings.chunkBytes);
  const { problem, resentCount } = await sendChunks(session, chunks);
  if (problem !== undefined) return problem;
  if (resentCount > 0 || isReadBackDue(session)) return verifyHeld(session, sample);
  session.countedLoadCount = (session.countedLoadCount ?? 0) + 1;
  return undefined;
}

/**
 * Puts a sample on the board. Refused chunks are sent again; any other error, damaged line or silence brings the
 * sides into step again and starts the load from its first byte, since the write position is unknown then (sheet 1.2).
 *
 * @throws LabError dut/load-failed after `loadRetryCountMax` new tries, dut/sample-too-large, dut/rebooted,
 *   dut/timeout, serial/unplugged
 */
export async function loadSample(session: TinySession, sample: Uint8Array): Promise<void> {
  const { link, settings, context } = session;
  session.held = { state: 'lost', sample };
  let problem: Problem;
  for (let tryCount = 0; tryCount <= settings.loadRetryCountMax; tryCount += 1) {
    if (tryCount > 0) link.counters.retryCount += 1;
    problem = await loadOnce(session, sample);
    if (problem === undefined) {
      session.held = { state: 'held', sample };
      return;
    }
    noteGarbled(session, 'load failed', { reason: problem, isInStep: false });
  }
  const { boardId } = context;
  const tryCount = settings.loadRetryCountMax + 1;
  throw labError('dut/load-failed', `the board ${boardId} took no sample in ${tryCount} tries`, {
    details: { boardId, tryCount, byteCount: sample.length, lastProblem: problem ?? '' },
  });
}
