import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';

import type { RelayTransport } from './relay-transport.ts';
import type { TinySerialSettings } from './tiny-serial-config.ts';

/** The board interface that stands between the host and the board, as far as it has to be set up itself. */
export interface IoManager {
  readonly relay: RelayTransport;
  /**
   * Waits until it answers and sets the speed of its line to the board.
   *
   * @throws LabError dut/no-answer, dut/timeout, serial/unplugged
   */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
  /**
   * Throws away what the board said while nobody asked. The STM32 board keeps that for the next command, so that each
   * reply is one behind for ever (sheet 1.5); only a reboot empties its queue, and setting the speed reboots it.
   */
  readonly clearBacklog: (signal: AbortSignal) => Promise<void>;
  /** Reboots so far: speeds set and backlogs thrown away. */
  readonly rebootCount: () => number;
}

const stm32Name = /^tinyML Enhanced Interface Board$/;
const timerDisabled = /^m-timer-disabled$/;
const baudLine = /^baud is: (\d+)$/;

/**
 * The IO manager behind `relay`.
 *
 * @param settings - `bootTimeoutMs` bounds each wait for it
 */
export function ioManager(
  relay: RelayTransport,
  settings: TinySerialSettings,
  report: { readonly boardId: string; readonly log: LogWriter },
): IoManager {
  const { bootTimeoutMs, dutBaudRate } = settings;
  const { boardId } = report;
  const isStm32 = settings.ioManager === 'stm32';
  let rebootCount = 0;

  const ask = async (
    question: string,
    pattern: RegExp,
    signal: AbortSignal,
  ): Promise<RegExpExecArray> => {
    const answer = await relay.ask(question, pattern, { timeoutMs: bootTimeoutMs, signal });
    if (answer !== undefined) return answer;
    throw labError(
      'dut/no-answer',
      `the IO manager at ${relay.path} in front of the board ${boardId} does not answer \`${question}\`: reset it`,
      { details: { boardId, path: relay.path, ioManager: settings.ioManager ?? '', question } },
    );
  };

  const readBaudRate = async (signal: AbortSignal): Promise<number> =>
    Number((await ask('checkbaud', baudLine, signal))[1]);

  const setBaudRate = async (baudRate: number, signal: AbortSignal): Promise<void> => {
    await ask(`setbaud ${baudRate}`, new RegExp(`^set baud to: ${baudRate}$`), signal);
    rebootCount += 1;
    // It reboots now; the first question that it answers shows that it is back.
    const found = await readBaudRate(signal);
    if (found === baudRate) return;
    throw labError(
      'dut/unsupported',
      `the IO manager of ${boardId} does not keep ${baudRate} baud`,
      {
        details: { boardId, wantedBaudRate: baudRate, foundBaudRate: found },
      },
    );
  };

  return {
    relay,
    rebootCount: () => rebootCount,
    prepare: async (signal) => {
      if (!isStm32) {
        // With its timer on it prints laps of its own, which look like those of a performance build.
        await ask('disable-timer', timerDisabled, signal);
        return;
      }
      await ask('name', stm32Name, signal);
      if (dutBaudRate === undefined) return;
      const found = await readBaudRate(signal);
      if (found === dutBaudRate) return;
      await setBaudRate(dutBaudRate, signal);
      report.log({
        level: 'info',
        message: 'speed of the IO manager towards the board set',
        fields: { boardId, foundBaudRate: found, baudRate: dutBaudRate, rebootCount },
      });
    },
    clearBacklog: async (signal) => {
      if (!isStm32) return;
      await setBaudRate(await readBaudRate(signal), signal);
      report.log({
        level: 'info',
        message: 'IO manager rebooted to drop stale replies',
        fields: { boardId, rebootCount },
      });
    },
  };
}
