import type { StreamAnswer, StreamRequest } from '#harness/contracts/dut.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';

import type { BenchReply } from './bench-link.ts';
import { parseActivations, parseDetections, parseDutyCycle, tellsOfBoot } from './bench-replies.ts';
import {
  afterEcho,
  ask,
  askUntilAgreed,
  benchTimeout,
  ensureInStep,
  type BenchSession,
} from './bench-session.ts';

/** A play command that was damaged on its way is sent again, with all that goes before it. */
const playTryCountMax = 3;

function rebooted({ context, link }: BenchSession): Error {
  const { boardId } = context;
  link.isInStep = false;
  return labError('dut/rebooted', `the board ${boardId} booted while it listened`, {
    details: { boardId },
  });
}

/** A command that the device carries out: its echo is whole, and it neither refuses nor misreads it. */
async function command(session: BenchSession, name: string): Promise<readonly string[]> {
  return ask(session, {
    command: name,
    isForDut: true,
    read: (lines) => {
      const own = afterEcho(lines, name);
      const isRefused = own?.some((line) => /^(?:Unrecognized command|Error: )/.test(line));
      return isRefused === true ? undefined : own;
    },
  });
}

/** Ends listening, whether the device listens or not; what it was doing before does not matter. */
export async function stopListening(session: BenchSession): Promise<void> {
  await command(session, 'stop');
}

/**
 * Ends listening after the audio.
 *
 * @returns the activations that it tells, empty when they are damaged or missing
 * @throws LabError dut/rebooted when it does not listen any more, dut/garbled-reply when that cannot be told
 */
async function endListening(session: BenchSession): Promise<readonly number[]> {
  const { link, settings, context } = session;
  let isDamaged = false;
  for (let tryCount = 0; tryCount <= settings.commandRetryCountMax; tryCount += 1) {
    if (isDamaged) link.counters.retryCount += 1;
    await ensureInStep(session);
    const { lines, readyAtNs } = await link.exchangeDut('stop', {
      silenceMs: settings.commandTimeoutMs,
    });
    if (tellsOfBoot(lines)) throw rebooted(session);
    if (lines.includes('Streaming stopped.')) {
      const activations = parseActivations(lines);
      if (activations === undefined)
        context.log({ level: 'warn', message: 'activations damaged or missing', fields: {} });
      return activations ?? [];
    }
    const own = readyAtNs === undefined ? undefined : afterEcho(lines, 'stop');
    const isIdle = own?.some((line) => line.includes('already idle')) === true;
    if (isIdle && !isDamaged) throw rebooted(session);
    if (isIdle) break;
    isDamaged = true;
    link.counters.garbledReplyCount += 1;
  }
  const { boardId } = context;
  throw labError('dut/garbled-reply', `whether ${boardId} listened to the end cannot be told`);
}

/** When the file was played; undefined when the command never arrived as it was sent. */
type Played = Pick<StreamAnswer, 'playStartedAtNs' | 'playEndedAtNs'> | undefined;

function playedIn(session: BenchSession, request: StreamRequest, reply: BenchReply): Played {
  const { lines, arrivedAtNs, readyAtNs } = reply;
  const { boardId } = session.context;
  const { audioFile } = request;
  const refusal = lines.find((line) => line.startsWith('Error playing file'));
  if (refusal !== undefined) {
    const message = `the interface board of ${boardId} cannot play ${audioFile}: ${refusal}`;
    throw labError('dut/play-failed', message, { details: { boardId, audioFile } });
  }
  if (readyAtNs === undefined) {
    const waitedMs = request.durationMs + session.settings.playTimeoutMs;
    throw benchTimeout(session, `did not end to play ${audioFile} within ${waitedMs} ms`);
  }
  if (lines.length === 0) return undefined;
  const playStartedAtNs = arrivedAtNs[lines.indexOf(`Attempting to play ${audioFile}`)];
  const playEndedAtNs = arrivedAtNs[lines.indexOf('succeeded.')];
  if (playStartedAtNs === undefined || playEndedAtNs === undefined) {
    const message = `the interface board of ${boardId} does not say clearly that it played ${audioFile}`;
    throw labError('dut/garbled-reply', message, { details: { boardId, lines: [...lines] } });
  }
  return { playStartedAtNs, playEndedAtNs };
}

/** Has the device listen and plays the file to it. */
async function playOnce(
  session: BenchSession,
  request: StreamRequest,
): Promise<(Played & Pick<StreamAnswer, 'startedAtNs'>) | undefined> {
  const { link, settings } = session;
  await command(session, 'start');
  const startedAtNs = link.nowNs;
  await ask(session, {
    command: 'record_detections',
    isForDut: false,
    read: (lines) => (lines.includes('Now recording detections') ? true : undefined),
  });
  const silenceMs = request.durationMs + settings.playTimeoutMs;
  const reply = await link.exchange(`play ${request.audioFile}`, { silenceMs });
  const played = playedIn(session, request, reply);
  return played === undefined ? undefined : { ...played, startedAtNs };
}

async function playUntilHeard(
  session: BenchSession,
  request: StreamRequest,
): Promise<NonNullable<Played> & Pick<StreamAnswer, 'startedAtNs'>> {
  const { boardId } = session.context;
  for (let tryCount = 0; tryCount < playTryCountMax; tryCount += 1) {
    await stopListening(session);
    const played = await playOnce(session, request);
    if (played !== undefined) return played;
    session.link.counters.retryCount += 1;
  }
  throw labError('dut/garbled-reply', `the interface board of ${boardId} never gets to play`);
}

/**
 * Plays a file while the device listens and reads what the interface board recorded: stop, start, record, play, a
 * pause, stop, print.
 *
 * @throws LabError dut/play-failed, dut/edge-missing, dut/rebooted, dut/garbled-reply, dut/timeout, serial/unplugged
 */
export async function listen(session: BenchSession, request: StreamRequest): Promise<StreamAnswer> {
  const { link, settings, context } = session;
  const played = await playUntilHeard(session, request);
  await link.sleep(settings.settleMs);
  const endedAtNs = link.nowNs;
  const activations = await endListening(session);
  const ofBench = { isForDut: false } as const;
  const detectionsMs = await askUntilAgreed(session, {
    ...ofBench,
    command: 'print_detections',
    read: parseDetections,
  });
  const { startsNs, stopsNs } = await askUntilAgreed(session, {
    ...ofBench,
    command: 'print_dutycycle',
    read: parseDutyCycle,
  });
  if (detectionsMs.length === 0 && startsNs.length === 0) {
    const { boardId } = context;
    const message = `no GPIO edge of ${boardId} ever fired while ${request.audioFile} was played: neither the detection nor the processing line is seen`;
    throw labError('dut/edge-missing', message, { details: { boardId } });
  }
  return {
    ...played,
    endedAtNs,
    audioSpeed: settings.audioSpeed,
    detectionsMs,
    frameStartsNs: startsNs,
    frameStopsNs: stopsNs,
    activations,
  };
}
