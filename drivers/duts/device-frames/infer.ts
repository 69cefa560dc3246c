import type { InferenceAnswer, InferenceWindow } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import { assert, assertDefined } from '#harness/kernel/assert.ts';

import type { InferReply } from '../../transports/device-protocol/replies.ts';
import { clockJumped } from './device-clock.ts';
import { deviceDurationNs } from './device-duration.ts';
import type { Answered } from './frame-link.ts';
import { deploymentOf, type FramesSession } from './frames-session.ts';
import { holdSample, lostSample } from './load.ts';

type Inferred = { readonly answered: Answered<'infer'>; readonly durationNs: number | undefined };

/** The counter must have been where the host's clock says, and must not have run backwards. */
function durationOf(session: FramesSession, answered: Answered<'infer'>): number | undefined {
  const { boardId } = session.context;
  const hello = assertDefined(session.greeting, 'an inference follows a greeting').hello;
  const clock = assertDefined(session.clock, 'a greeted device has a clock');
  const { reply, firstSentAtNs, receivedAtNs } = answered;
  const { startTicks, endTicks } = reply;
  const hostNs = receivedAtNs - firstSentAtNs;
  const durationNs = deviceDurationNs(hello, { startTicks, endTicks, hostNs });
  if (durationNs === 'impossible') throw clockJumped(boardId, { startTicks, endTicks });
  const endedAtNs = assertDefined(clock.runNs(endTicks, receivedAtNs), 'the clock was read');
  const toleranceNs = clock.toleranceNs(receivedAtNs);
  if (endedAtNs < firstSentAtNs - toleranceNs || endedAtNs > receivedAtNs + toleranceNs) {
    throw clockJumped(boardId, { startTicks, endTicks });
  }
  return durationNs === 'ambiguous' ? undefined : durationNs;
}

function checkOutput(session: FramesSession, reply: InferReply, inferenceCount: number): void {
  const { boardId } = session.context;
  const { outputLength } = deploymentOf(session);
  const { output } = reply;
  const details = { boardId, outputCount: output.length, outputLength };
  if (output.length !== outputLength) {
    const message = `the board ${boardId} answers ${output.length} values, not ${outputLength}`;
    throw labError('dut/wrong-model', message, { details });
  }
  if (reply.inferenceCount !== inferenceCount) {
    const message = `the board ${boardId} did ${reply.inferenceCount} of ${inferenceCount} inferences`;
    throw labError('dut/garbled-reply', message, { details });
  }
  if (!output.every((value) => Number.isFinite(value))) {
    throw labError('dut/wrong-output', `the board ${boardId} answers what is no number`, {
      details,
    });
  }
}

async function inferHeld(session: FramesSession, inferenceCount: number): Promise<Inferred> {
  assert(session.sample !== undefined, 'a sample is loaded before an inference');
  await holdSample(session);
  const answered = await session.link.ask({ kind: 'infer', inferenceCount });
  checkOutput(session, answered.reply, inferenceCount);
  return { answered, durationNs: durationOf(session, answered) };
}

async function inferSeveral(session: FramesSession, inferenceCount: number): Promise<Inferred> {
  try {
    return await inferHeld(session, inferenceCount);
  } catch (error) {
    if (!lostSample(session, error)) throw error;
    session.link.counters.retryCount += 1;
    return inferHeld(session, inferenceCount);
  }
}

/** One inference of the sample that is held. */
export async function inferOnce(session: FramesSession): Promise<InferenceAnswer> {
  const { answered, durationNs } = await inferSeveral(session, 1);
  const { output } = answered.reply;
  return durationNs === undefined ? { output } : { output, deviceDurationNs: durationNs };
}

/** Many inferences in one request; its edges are those of the request as the host saw them. */
export async function inferMany(
  session: FramesSession,
  inferenceCount: number,
): Promise<InferenceWindow> {
  const { answered, durationNs } = await inferSeveral(session, inferenceCount);
  return {
    inferenceCount,
    startedAtNs: answered.firstSentAtNs,
    endedAtNs: answered.receivedAtNs,
    ...(durationNs === undefined ? {} : { deviceDurationNs: durationNs }),
  };
}
