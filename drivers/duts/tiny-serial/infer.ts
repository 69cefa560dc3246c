import type { InferenceAnswer, InferenceWindow } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';

import { inferCommand } from './commands.ts';
import { readEnergyInferReply, readInferReply, type InferReading } from './infer-reply.ts';
import { loadSample } from './load.ts';
import type { Reply } from './reply.ts';
import { agreedResults, hasSameValues } from './results.ts';
import { ensureInStep } from './resync.ts';
import {
  hasShownErrors,
  loseSample,
  noteGarbled,
  outputLengthOf,
  type TinySession,
} from './session.ts';

/** How far board timer and host clock may drift apart before a lap line is taken for damaged. */
const clockRatioMax = 1.25;
const clockSlackNs = 100e6;
/** The same for a board's timer that stays behind: a busy host may stamp the second lap late. */
const clockLagSlackNs = 2e9;
/** Times the slowest inference so far that each inference of a window may take. */
const slownessFactor = 4;
const nsPerMs = 1e6;

/**
 * How long a board may be silent while it runs `inferenceCount` inferences: the allowance of one, and for each
 * further one four times the slowest so far, or the full allowance where none has been seen. Pure.
 *
 * @param inferTimeoutMs - allowance of one inference, milliseconds
 */
export function runningSilenceMs(
  inferenceCount: number,
  inferTimeoutMs: number,
  slowestInferenceNs: number | undefined,
): number {
  const eachMs =
    slowestInferenceNs === undefined
      ? inferTimeoutMs
      : (slowestInferenceNs / nsPerMs) * slownessFactor;
  return inferTimeoutMs + (inferenceCount - 1) * eachMs;
}

/** Whether the board's timer can have measured this within the time that passed on the host. */
function isPlausible(reading: InferReading, commandNs: number): boolean {
  const { deviceDurationNs = 0, startedAtNs, endedAtNs } = reading;
  const hostNs = endedAtNs - startedAtNs;
  const isTooShort = hostNs > deviceDurationNs * clockRatioMax + clockLagSlackNs;
  const hasTimer = reading.deviceDurationNs !== undefined;
  return !(hasTimer && isTooShort) && deviceDurationNs <= commandNs * clockRatioMax + clockSlackNs;
}

/** Duration by the board's timer, else by the host's stamps; kept to tell how long a window may be silent. */
function noteDuration(session: TinySession, reading: InferReading): void {
  const { deviceDurationNs, startedAtNs, endedAtNs } = reading;
  const durationNs = deviceDurationNs ?? endedAtNs - startedAtNs;
  session.slowestInferenceNs = Math.max(session.slowestInferenceNs ?? 0, durationNs);
}

function refuse(session: TinySession, reply: Reply): void {
  const { boardId } = session.context;
  for (const message of reply.messages) {
    if (message.kind === 'input-mismatch') {
      const { loaded, expected } = message;
      throw labError(
        'dut/wrong-model',
        `the model on the board ${boardId} takes ${expected} elements, the sample has ${loaded}`,
        { details: { boardId, loaded, expected } },
      );
    }
  }
}

function hang(session: TinySession, inferenceCount: number): Error {
  const { boardId } = session.context;
  return labError('dut/timeout', `the board ${boardId} fell silent while it inferred`, {
    details: { boardId, inferenceCount },
  });
}

/** The sample that is to be inferred, on the board again if what the board holds has become doubtful. */
async function requireSample(session: TinySession): Promise<void> {
  const { held } = session;
  assert(held.state !== 'none', 'a sample is loaded before it is inferred');
  if (held.state === 'lost') await loadSample(session, held.sample);
}

/**
 * Runs `infer` until its markers and laps are whole. A board that starts and falls silent hangs: that is the board's
 * failure and is not tried again. A command that got lost or a damaged reply is: the same sample gives the same
 * answer. After a silence the sample is loaded anew, since the board may have lost it.
 */
async function runInferences(session: TinySession, inferenceCount: number): Promise<InferReading> {
  const { link, settings, context } = session;
  const runningMs = runningSilenceMs(
    inferenceCount,
    settings.inferTimeoutMs,
    session.slowestInferenceNs,
  );
  const command = inferCommand(inferenceCount);
  const read = settings.firmwareMode === 'energy' ? readEnergyInferReply : readInferReply;
  let problem = '';
  for (let tryCount = 0; tryCount <= settings.inferRetryCountMax; tryCount += 1) {
    if (tryCount > 0) {
      link.counters.retryCount += 1;
      await ensureInStep(session);
    }
    await requireSample(session);
    const sentAtNs = link.nowNs;
    const reply = await link.exchange(command, { silenceMs: settings.commandTimeoutMs, runningMs });
    const commandNs = link.nowNs - sentAtNs;
    refuse(session, reply);
    const reading = read(reply, inferenceCount, outputLengthOf(session));
    if (reading.kind === 'hanging') throw hang(session, inferenceCount);
    if (reading.kind === 'whole' && isPlausible(reading, commandNs)) return reading;
    problem = reading.kind === 'whole' ? 'the timer cannot have counted that' : reading.reason;
    if (!reply.isComplete) loseSample(session);
    noteGarbled(session, 'infer failed', { reason: problem, isInStep: false });
  }
  const { boardId } = context;
  throw labError('dut/garbled-reply', `the board ${boardId} gave no whole reply to infer`, {
    details: { boardId, inferenceCount, tryCount: settings.inferRetryCountMax + 1, problem },
  });
}

/** Whether a result vector is read twice: always by `read-back`, by `sampled` after any error, never by `count`. */
function isConfirmationDue(session: TinySession): boolean {
  const { verify } = session.settings;
  return verify === 'sampled' ? hasShownErrors(session) : verify === 'read-back';
}

/**
 * The answer, once its vector is certain. It had arrived with the reply to `infer` if the readings that confirmed it
 * were the same: to confirm takes none of the query's time.
 */
function answerOf(
  { link }: TinySession,
  { deviceDurationNs, values, answeredAtNs }: InferReading,
  output: Float32Array,
): InferenceAnswer {
  const hadArrived = values !== undefined && hasSameValues(values, output);
  return {
    output,
    completedAtNs: hadArrived && answeredAtNs !== undefined ? answeredAtNs : link.nowNs,
    ...(deviceDurationNs === undefined ? {} : { deviceDurationNs }),
  };
}

/**
 * One inference of the loaded sample.
 *
 * @throws LabError dut/timeout, dut/rebooted, dut/garbled-reply, dut/wrong-model, serial/unplugged
 */
export async function inferOnce(session: TinySession): Promise<InferenceAnswer> {
  const { settings, context } = session;
  for (let tryCount = 0; tryCount <= settings.inferRetryCountMax; tryCount += 1) {
    await ensureInStep(session);
    const reading = await runInferences(session, 1);
    const { values } = reading;
    if (values === undefined) {
      noteGarbled(session, 'results damaged', { reason: 'read again', isInStep: true });
    }
    const isAgreed = values !== undefined && !isConfirmationDue(session);
    const output = isAgreed ? values : await agreedResults(session, values);
    if (output !== undefined) {
      noteDuration(session, reading);
      return answerOf(session, reading, output);
    }
  }
  const { boardId } = context;
  throw labError(
    'dut/garbled-reply',
    `the board ${boardId} gave no result that reads twice alike`,
    {
      details: { boardId, outputLength: outputLengthOf(session) },
    },
  );
}

/**
 * `inferenceCount` inferences back to back; the edges are stamped as their lap lines arrived, those of an energy
 * build as its marks `m-infer-start` and `m-infer-done` did.
 *
 * @throws LabError dut/timeout, dut/rebooted, dut/garbled-reply, dut/wrong-model, serial/unplugged
 */
export async function inferMany(
  session: TinySession,
  inferenceCount: number,
): Promise<InferenceWindow> {
  assert(Number.isInteger(inferenceCount) && inferenceCount > 0, 'a window has inferences');
  await ensureInStep(session);
  const { startedAtNs, endedAtNs, deviceDurationNs } = await runInferences(session, inferenceCount);
  const edges = { inferenceCount, startedAtNs, endedAtNs };
  return deviceDurationNs === undefined ? edges : { ...edges, deviceDurationNs };
}
