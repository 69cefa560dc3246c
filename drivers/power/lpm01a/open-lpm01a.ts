import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import type {
  InstrumentIdentity,
  PowerCapture,
  PowerContext,
  PowerMeter,
} from '#harness/contracts/power-meter.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { assert } from '#harness/kernel/assert.ts';
import type { LabError } from '#harness/kernel/lab-error.ts';

import { AnalyzerLink } from './analyzer-link.ts';
import { EnergyCapture } from './energy-capture.ts';
import { answerValue, configurationCommands } from './protocol.ts';

/** A first try may meet a stream that a crashed session left, or half a command. */
const takeControlCountMax = 3;

/** What the analyzer is set to. */
export interface Lpm01aSettings extends PowerContext {
  readonly supplyVolts: number;
  readonly sampleRateHz: number;
  readonly settleMs: number;
}

/** The analyzer behind an open transport, which is closed with it. Sends nothing before the first call. */
export function openLpm01a(transport: ByteTransport, settings: Lpm01aSettings): PowerMeter {
  const { clock, log } = settings;
  const link = new AnalyzerLink(transport, clock);
  let inControl = false;
  let capture: EnergyCapture | undefined;

  const control = async (signal: AbortSignal): Promise<void> => {
    if (!inControl) await takeControl(link, signal);
    inControl = true;
  };

  return {
    identify: async (signal) => {
      inControl = false;
      await control(signal);
      return identity(link, signal);
    },
    start: async (onBlock, signal): Promise<PowerCapture> => {
      assert(capture?.streaming !== true, 'one capture at a time');
      await control(signal);
      for (const command of configurationCommands(settings)) {
        if (command.startsWith('pwr ')) await supplyCommand(link, command, signal);
        else await link.command(command, signal);
      }
      await clock.sleep(settings.settleMs, signal);
      const { sampleRateHz } = settings;
      const started = new EnergyCapture({ link, clock, log, sampleRateHz, onBlock });
      capture = started;
      try {
        await link.command('start', signal);
      } catch (error) {
        await started[Symbol.asyncDispose]();
        throw error;
      }
      return started;
    },
    release: async (signal) => {
      const streaming = capture?.streaming === true;
      await capture?.[Symbol.asyncDispose]();
      capture = undefined;
      if (streaming) inControl = false;
      await control(signal);
      try {
        await supplyCommand(link, 'pwr off', signal);
      } finally {
        await link.command('hrc', signal);
        inControl = false;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await capture?.[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
    },
  };
}

/** Ends what a crashed session left behind, takes control from the front panel, and clears an old error state. */
async function takeControl(link: AnalyzerLink, signal: AbortSignal): Promise<void> {
  let failure: unknown;
  for (let tryCount = 0; tryCount < takeControlCountMax; tryCount += 1) {
    await link.write('stop', signal);
    if (!(await link.untilQuiet(signal))) {
      failure = keepsStreaming(link.path);
      continue;
    }
    try {
      await link.command('htc', signal);
      await clearErrorState(link, signal);
      return;
    } catch (error) {
      if (!hasCode(error, 'power/no-answer', 'power/rejected-command')) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** After an overcurrent the analyzer takes no command until its state has been read. What it says is of no matter. */
async function clearErrorState(link: AnalyzerLink, signal: AbortSignal): Promise<void> {
  try {
    await link.command('status', signal);
  } catch (error) {
    if (!hasCode(error, 'power/no-answer', 'power/rejected-command')) throw error;
  }
}

async function identity(link: AnalyzerLink, signal: AbortSignal): Promise<InstrumentIdentity> {
  const firmware = answerValue(await link.ask('version', signal));
  const serialNumber = answerValue(await link.ask('powershield', signal));
  return { maker: 'STMicroelectronics', model: 'X-NUCLEO-LPM01A', serialNumber, firmware };
}

/** Old firmware knows no `pwr`, or not with `nostatus`: a refusal says so. */
async function supplyCommand(
  link: AnalyzerLink,
  command: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await link.command(command, signal);
  } catch (error) {
    throw hasCode(error, 'power/rejected-command') ? oldFirmware(error) : error;
  }
}

function oldFirmware(refusal: LabError): LabError {
  return labError(
    'power/rejected-command',
    `${refusal.message} Its firmware is probably older than 1.0.6: update it.`,
    { details: refusal.details, cause: refusal },
  );
}

function keepsStreaming(path: string): LabError {
  return labError('power/no-answer', `The analyzer at ${path} does not stop sending.`, {
    details: { path },
  });
}
