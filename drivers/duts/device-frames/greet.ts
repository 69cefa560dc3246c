import { readFile } from 'node:fs/promises';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import { assert } from '#harness/kernel/assert.ts';

import type { HelloReply, StatusReply } from '../../transports/device-protocol/replies.ts';
import { clockEstimator } from './clock-estimator.ts';
import { readClockBurst } from './device-clock.ts';
import { hostPayloadBytesMax } from './frame-link.ts';
import type { FramesSession, Greeting } from './frames-session.ts';

const version = 1;
const payloadBytesMin = 64;

async function tokenOf(session: FramesSession): Promise<Uint8Array> {
  const { token, tokenFile } = session.settings;
  const { boardId } = session.context;
  if (token !== undefined) return Buffer.from(token);
  if (tokenFile === undefined) {
    throw labError('agent/denied', `the board ${boardId} wants a token, and none is configured`, {
      details: { boardId },
    });
  }
  try {
    return Buffer.from((await readFile(tokenFile, 'utf8')).trim());
  } catch (cause) {
    throw labError('agent/denied', `the token file ${tokenFile} cannot be read`, {
      details: { boardId, tokenFile },
      cause,
    });
  }
}

/** What stands behind a device that does not answer HELLO. */
function noAnswer(session: FramesSession, cause: unknown): Error {
  const { link, context } = session;
  const { boardId } = context;
  const { path } = link.opened.transport;
  const { hasEchoed, soundFrameCount } = link.impression;
  const { bytesReceived } = link.counters;
  const options = { details: { boardId, path, bytesReceived, soundFrameCount }, cause };
  if (hasEchoed) return labError('dut/echo', `${path} returns what is sent to it`, options);
  if (link.opened.bytesPerSecond !== undefined && soundFrameCount === 0 && bytesReceived > 0) {
    const message = `${path} sends ${bytesReceived} bytes and no frame among them`;
    return labError('dut/wrong-baud', message, options);
  }
  return labError('dut/no-answer', `no device of the frame protocol answers at ${path}`, options);
}

async function sayHello(session: FramesSession, timeoutMs: number): Promise<HelloReply> {
  const hello = {
    kind: 'hello',
    lowestVersion: version,
    highestVersion: version,
    payloadBytesMax: hostPayloadBytesMax,
  } as const;
  try {
    return (await session.link.ask(hello, timeoutMs)).reply;
  } catch (error) {
    if (!hasCode(error, 'dut/timeout', 'dut/garbled-reply')) throw error;
    throw noAnswer(session, error);
  }
}

function checkHello(session: FramesSession, hello: HelloReply): void {
  const { boardId } = session.context;
  if (hello.version === version && hello.payloadBytesMax >= payloadBytesMin) return;
  throw labError('agent/unsupported-version', `the board ${boardId} chose what we do not speak`, {
    details: { boardId, version: hello.version, payloadBytesMax: hello.payloadBytesMax },
  });
}

async function subscribe(session: FramesSession, hello: HelloReply): Promise<void> {
  const { telemetryPeriodMs: periodMs } = session.settings;
  const isWanted = session.context.onReading !== undefined && periodMs > 0;
  if (!hello.hasTelemetry || !isWanted) return;
  const { reply } = await session.link.ask({ kind: 'subscribe', periodMs });
  session.telemetry.setChannels(reply.channels);
}

/** @throws LabError dut/rebooted when the boot count is another than at HELLO */
export async function readStatus(session: FramesSession): Promise<StatusReply> {
  const { reply } = await session.link.ask({ kind: 'status' });
  const { boardId } = session.context;
  const bootCount = session.greeting?.hello.bootCount ?? reply.bootCount;
  if (reply.bootCount === bootCount) return reply;
  throw labError('dut/rebooted', `the board ${boardId} has booted since it was greeted`, {
    details: { boardId, bootCount: reply.bootCount },
  });
}

/**
 * HELLO, AUTH where it is needed, state, clock, telemetry: after it the device can be used.
 *
 * @param timeoutMs - silence after which nobody is there
 * @throws LabError dut/no-answer, dut/echo, dut/wrong-baud, agent/unsupported-version, agent/denied
 */
export async function greet(
  session: FramesSession,
  timeoutMs: number = session.settings.greetTimeoutMs,
): Promise<Greeting> {
  const lifeBefore = session.greeting?.hello.bootCount;
  session.greeting = undefined;
  session.link.expectBoot();
  const hello = await sayHello(session, timeoutMs);
  checkHello(session, hello);
  session.link.greeted(hello.bootCount);
  if (hello.needsToken) {
    await session.link.ask({ kind: 'auth', token: await tokenOf(session) });
  }
  const status = await readStatus(session);
  // The clock of one life is followed through the whole run.
  if (lifeBefore !== hello.bootCount) session.clock = undefined;
  session.clock ??= clockEstimator(hello);
  await readClockBurst(session);
  await subscribe(session, hello);
  session.greeting = { hello, status };
  return session.greeting;
}

/** The greeting, of now or of before. */
export async function greeted(session: FramesSession): Promise<Greeting> {
  const greeting = session.greeting ?? (await greet(session));
  assert(session.clock !== undefined, 'a greeted device has a clock');
  return greeting;
}
