import { readFile } from 'node:fs/promises';

import snmp, { type Session, type Varbind } from 'net-snmp';
import { Type, type Static } from 'typebox';

import { definePowerSwitchDriver } from '#harness/contracts/define-driver.ts';
import { labError } from '#harness/contracts/error-catalogue.ts';
import type { PowerSwitch } from '#harness/contracts/power-switch.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';

const SnmpSwitchSchema = Type.Object(
  {
    host: Type.String({ minLength: 1 }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '161' })),
    version: Type.Optional(Type.Union([Type.Literal('1'), Type.Literal('2c')])),
    /** File that holds the community; its line end is left out. */
    communityFile: Type.String({ minLength: 1 }),
    /** Of the outlet's control, an INTEGER, `1.3.6.1.4.1.318.1.1.4.4.2.1.3.8`. */
    oid: Type.String({ pattern: '^\\d+(\\.\\d+)+$' }),
    onValue: Type.Optional(Type.Integer({ description: '1' })),
    offValue: Type.Optional(Type.Integer({ description: '2' })),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    minimumOffMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
  },
  { additionalProperties: false },
);
type SnmpSwitchConfig = Static<typeof SnmpSwitchSchema>;

const defaultPort = 161;
const defaultTimeoutMs = 2000;
const defaultMinimumOffMs = 2000;
/** A datagram may be lost. */
const retryCount = 2;

class SnmpOutlet implements PowerSwitch {
  readonly minimumOffMs: number;
  readonly #session: Session;
  readonly #config: SnmpSwitchConfig;

  constructor(session: Session, config: SnmpSwitchConfig) {
    this.#session = session;
    this.#config = config;
    this.minimumOffMs = config.minimumOffMs ?? defaultMinimumOffMs;
    // Told to the exchange under way as well.
    session.on('error', () => undefined);
  }

  readonly isOn = async (signal: AbortSignal): Promise<boolean> => {
    const { oid, onValue = 1 } = this.#config;
    const [found] = await this.#exchange((answer) => this.#session.get([oid], answer), signal);
    return found?.value === onValue;
  };

  readonly set = async (isOn: boolean, signal: AbortSignal): Promise<void> => {
    const { oid, onValue = 1, offValue = 2, host } = this.#config;
    const value = isOn ? onValue : offValue;
    const wanted = { oid, type: snmp.ObjectType.Integer, value };
    await this.#exchange((answer) => this.#session.set([wanted], answer), signal);
    if ((await this.isOn(signal)) === isOn) return;
    const message = `${host} took the command for ${oid} and stays as it was`;
    throw labError('facility/rejected-command', message, { details: { oid } });
  };

  readonly [Symbol.asyncDispose] = (): Promise<void> => {
    this.#session.close();
    return Promise.resolve();
  };

  async #exchange(
    send: (answer: (error: Error | null, varbinds?: readonly Varbind[]) => void) => void,
    signal: AbortSignal,
  ): Promise<readonly Varbind[]> {
    signal.throwIfAborted();
    const { host, oid } = this.#config;
    const answered = Promise.withResolvers<readonly Varbind[]>();
    send((error, varbinds = []) => {
      const [first] = varbinds;
      if (error !== null) answered.reject(this.#failure(error));
      else if (first !== undefined && snmp.isVarbindError(first)) {
        const message = `${host} has nothing at ${oid}: ${snmp.varbindError(first)}`;
        answered.reject(labError('facility/rejected-command', message, { details: { oid } }));
      } else answered.resolve(varbinds);
    });
    // The package bounds it by its own time-out and retries.
    return raceSignal(answered.promise, signal);
  }

  #failure(cause: Error): Error {
    const { host, oid } = this.#config;
    if (cause.name === 'RequestTimedOutError' || /timed out/i.test(cause.message))
      return labError('facility/no-answer', `${host} does not answer SNMP`, { cause });
    const message = `${host} refused ${oid}: ${cause.message}`;
    return labError('facility/rejected-command', message, { details: { oid }, cause });
  }
}

/** An outlet that is switched by setting an INTEGER over SNMP 1 or 2c; read back after every command. */
export const snmpSwitch = definePowerSwitchDriver({
  id: 'facility/snmp-switch',
  config: SnmpSwitchSchema,
  resources: () => [],
  open: async (config) => {
    const { host, port = defaultPort, version = '2c', communityFile } = config;
    const { timeoutMs = defaultTimeoutMs } = config;
    let community: string;
    try {
      community = (await readFile(communityFile, 'utf8')).trim();
    } catch (cause) {
      const message = `the community file ${communityFile} cannot be read`;
      throw labError('facility/no-answer', message, { cause });
    }
    const session = snmp.createSession(host, community, {
      port,
      version: version === '1' ? snmp.Version1 : snmp.Version2c,
      timeout: timeoutMs,
      retries: retryCount,
    });
    return new SnmpOutlet(session, config);
  },
});
