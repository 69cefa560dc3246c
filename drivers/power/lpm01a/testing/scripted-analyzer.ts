import { labError } from '#harness/contracts/error-catalogue.ts';
import type { ByteTransport, TransportEnd } from '#harness/contracts/transport.ts';

/** What the analyzer says to a command; undefined for silence. */
export type Script = (command: string) => string | undefined;

/** Acknowledges everything, as the sheet writes it. */
export const acknowledge: Script = (command) => {
  const [word = ''] = command.split(' ');
  if (word === 'stop') return 'end\r\n\r\nPowerShield > Acquisition completed\r\n';
  const data = { version: ' 1.0.6', powershield: ' 203637335056' }[word] ?? '';
  return `\r\nPowerShield > ack ${word}${data}\r\n\r\n`;
};

/** A transport whose other end follows a script; for tests. */
export class ScriptedAnalyzer implements ByteTransport {
  readonly path = '/dev/analyzer';
  readonly commands: string[] = [];
  readonly ended: Promise<TransportEnd>;
  script: Script;
  readonly #listeners = new Set<(chunk: Uint8Array) => void>();
  readonly #resolveEnded: (end: TransportEnd) => void;
  #gone = false;

  constructor(script: Script = acknowledge) {
    this.script = script;
    const ended = Promise.withResolvers<TransportEnd>();
    this.ended = ended.promise;
    this.#resolveEnded = ended.resolve;
  }

  readonly write = (bytes: Uint8Array): Promise<void> => {
    if (this.#gone) return Promise.reject(labError('serial/unplugged', 'gone'));
    const command = Buffer.from(bytes).toString('latin1').replace('\r\n', '');
    this.commands.push(command);
    const answer = this.script(command);
    if (answer !== undefined) queueMicrotask(() => this.say(answer));
    return Promise.resolve();
  };

  readonly onBytes = (listener: (chunk: Uint8Array) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Lets bytes arrive, all at once. */
  say(text: string): void {
    for (const listener of this.#listeners) listener(Buffer.from(text, 'latin1'));
  }

  /** The cable is pulled. */
  unplug(): void {
    this.#gone = true;
    this.#resolveEnded({ reason: 'unplugged' });
  }

  readonly [Symbol.asyncDispose] = (): Promise<void> => {
    this.#gone = true;
    this.#resolveEnded({ reason: 'closed' });
    return Promise.resolve();
  };
}
