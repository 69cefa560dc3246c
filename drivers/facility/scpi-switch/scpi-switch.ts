import { Type, type Static } from 'typebox';

import { lineReader } from '#drivers/transports/framing/line-reader.ts';
import { openTcpTransport } from '#drivers/transports/tcp/tcp-transport.ts';
import { definePowerSwitchDriver } from '#harness/contracts/define-driver.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerSwitch } from '#harness/contracts/power-switch.ts';
import type { ByteTransport } from '#harness/contracts/transport.ts';
import { raceSignal, withDeadline } from '#harness/kernel/deadline.ts';

const Text = Type.String({ minLength: 1 });

const ScpiSwitchSchema = Type.Object(
  {
    host: Text,
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '5025' })),
    on: Type.Optional(Text),
    off: Type.Optional(Text),
    query: Type.Optional(Text),
    /** What `query` answers while the power is on. */
    onAnswer: Type.Optional(Text),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    minimumOffMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
  },
  { additionalProperties: false },
);

const defaults = {
  port: 5025,
  on: 'OUTP ON',
  off: 'OUTP OFF',
  query: 'OUTP?',
  onAnswer: '1',
  timeoutMs: 2000,
  minimumOffMs: 2000,
} as const;
const errorQuery = 'SYST:ERR?';
const lineBytesMax = 4096;

type Settings = Required<Static<typeof ScpiSwitchSchema>>;

/** One exchange at a time over the raw socket; after a late answer the connection is not used again. */
class ScpiOutlet implements PowerSwitch {
  readonly minimumOffMs: number;
  readonly #transport: ByteTransport;
  readonly #settings: Settings;
  readonly #answers: string[] = [];
  readonly #gone: Promise<never>;
  #arrived = Promise.withResolvers<void>();
  #isOutOfStep = false;

  constructor(transport: ByteTransport, settings: Settings) {
    this.#transport = transport;
    this.#settings = settings;
    this.minimumOffMs = settings.minimumOffMs;
    const lines = lineReader(lineBytesMax, (line) => {
      this.#answers.push(line.trim());
      this.#arrived.resolve();
    });
    transport.onBytes((chunk) => lines.push(chunk));
    this.#gone = this.#followEnd();
    // Heard by the exchange that waits.
    this.#gone.catch(() => undefined);
  }

  readonly isOn = async (signal: AbortSignal): Promise<boolean> =>
    (await this.#ask(this.#settings.query, signal)) === this.#settings.onAnswer;

  readonly set = async (isOn: boolean, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const command = isOn ? this.#settings.on : this.#settings.off;
    await this.#send(command, signal);
    const error = await this.#ask(errorQuery, signal);
    if (!/^[+-]?0\b/.test(error)) throw this.#refused(command, `it says ${error}`);
    if ((await this.isOn(signal)) !== isOn) throw this.#refused(command, 'it stays as it was');
  };

  readonly [Symbol.asyncDispose] = async (): Promise<void> => {
    await this.#transport[Symbol.asyncDispose]();
  };

  async #followEnd(): Promise<never> {
    await this.#transport.ended;
    throw labError('facility/no-answer', `${this.#transport.path} closed the connection`);
  }

  #refused(command: string, why: string): Error {
    const message = `${this.#transport.path} refused "${command}": ${why}`;
    return labError('facility/rejected-command', message, { details: { command } });
  }

  async #send(line: string, signal: AbortSignal): Promise<void> {
    if (this.#isOutOfStep)
      throw labError('facility/no-answer', `${this.#transport.path} owes an answer: open it anew`);
    await this.#transport.write(Buffer.from(`${line}\n`, 'latin1'), signal);
  }

  async #ask(question: string, signal: AbortSignal): Promise<string> {
    const { timeoutMs } = this.#settings;
    this.#answers.length = 0;
    await this.#send(question, signal);
    const bounded = withDeadline(timeoutMs, signal);
    try {
      while (this.#answers.length === 0) {
        this.#arrived = Promise.withResolvers();
        await raceSignal(Promise.race([this.#arrived.promise, this.#gone]), bounded);
      }
    } catch (cause) {
      this.#isOutOfStep = true;
      signal.throwIfAborted();
      if (!bounded.aborted) throw cause;
      const message = `${this.#transport.path} did not answer "${question}" in ${timeoutMs} ms`;
      throw labError('facility/no-answer', message, { details: { question, timeoutMs } });
    }
    return this.#answers.shift() ?? '';
  }
}

/** A power switch or supply over SCPI on a raw socket; read back, and its error queue asked, after every command. */
export const scpiSwitch = definePowerSwitchDriver({
  id: 'facility/scpi-switch',
  config: ScpiSwitchSchema,
  resources: () => [],
  open: async (config, _context, signal) => {
    const settings = { ...defaults, ...config };
    const { host, port, timeoutMs } = settings;
    const connection = { host, port, connectTimeoutMs: timeoutMs };
    try {
      return new ScpiOutlet(await openTcpTransport(connection, signal), settings);
    } catch (cause) {
      signal.throwIfAborted();
      throw labError('facility/no-answer', `${host}:${port} cannot be reached`, { cause });
    }
  },
});
