import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LogWriter } from '#harness/contracts/log-writer.ts';

import type { RelayTransport } from './relay-transport.ts';
import type { TinySerialSettings } from './tiny-serial-config.ts';

/** Whose board it is, and where its reboots are told. */
interface Report {
  readonly boardId: string;
  readonly log: LogWriter;
}

const stm32Name = /^tinyML Enhanced Interface Board$/;
const timerDisabled = /^m-timer-disabled$/;
const baudLine = /^baud is: (\d+)$/;

/** The board interface that stands between the host and the board, as far as it has to be set up itself. */
export class IoManager {
  readonly relay: RelayTransport;
  readonly #settings: TinySerialSettings;
  readonly #report: Report;
  /** Speeds set and backlogs thrown away. */
  #rebootCount = 0;

  /** @param settings - `bootTimeoutMs` bounds each wait for it */
  constructor(relay: RelayTransport, settings: TinySerialSettings, report: Report) {
    this.relay = relay;
    this.#settings = settings;
    this.#report = report;
  }

  /**
   * Waits until it answers and sets the speed of its line to the board.
   *
   * @throws LabError dut/no-answer, dut/timeout, dut/unsupported, serial/unplugged
   */
  async prepare(signal: AbortSignal): Promise<void> {
    const { ioManager, dutBaudRate } = this.#settings;
    if (ioManager !== 'stm32') {
      // With its timer on it prints laps of its own, which look like those of a performance build.
      await this.#ask('disable-timer', timerDisabled, signal);
      return;
    }
    await this.#ask('name', stm32Name, signal);
    if (dutBaudRate === undefined) return;
    const foundBaudRate = await this.#readBaudRate(signal);
    if (foundBaudRate === dutBaudRate) return;
    await this.#setBaudRate(dutBaudRate, signal);
    this.#tell('speed of the IO manager towards the board set', foundBaudRate, dutBaudRate);
  }

  /**
   * Throws away what the board said while nobody asked. The STM32 board keeps that for the next command, so that each
   * reply is one behind for ever (sheet 1.5); only a reboot empties its queue, and setting the speed reboots it.
   *
   * @throws as `prepare`
   */
  async clearBacklog(signal: AbortSignal): Promise<void> {
    if (this.#settings.ioManager !== 'stm32') return;
    const baudRate = await this.#readBaudRate(signal);
    await this.#setBaudRate(baudRate, signal);
    this.#tell('IO manager rebooted to drop stale replies', baudRate, baudRate);
  }

  async #ask(question: string, pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> {
    const { bootTimeoutMs, ioManager = '' } = this.#settings;
    const answer = await this.relay.ask(question, pattern, { timeoutMs: bootTimeoutMs, signal });
    if (answer !== undefined) return answer;
    const { boardId } = this.#report;
    const { path } = this.relay;
    throw labError(
      'dut/no-answer',
      `the IO manager at ${path} in front of the board ${boardId} does not answer \`${question}\`: reset it`,
      { details: { boardId, path, ioManager, question } },
    );
  }

  async #readBaudRate(signal: AbortSignal): Promise<number> {
    return Number((await this.#ask('checkbaud', baudLine, signal))[1]);
  }

  async #setBaudRate(baudRate: number, signal: AbortSignal): Promise<void> {
    await this.#ask(`setbaud ${baudRate}`, new RegExp(`^set baud to: ${baudRate}$`), signal);
    this.#rebootCount += 1;
    // It reboots now; the first question that it answers shows that it is back.
    const foundBaudRate = await this.#readBaudRate(signal);
    if (foundBaudRate === baudRate) return;
    const { boardId } = this.#report;
    const message = `the IO manager of the board ${boardId} does not keep ${baudRate} baud`;
    throw labError('dut/unsupported', message, { details: { boardId, baudRate, foundBaudRate } });
  }

  #tell(message: string, foundBaudRate: number, baudRate: number): void {
    const { boardId, log } = this.#report;
    const fields = { boardId, foundBaudRate, baudRate, rebootCount: this.#rebootCount };
    log({ level: 'info', message, fields });
  }
}
