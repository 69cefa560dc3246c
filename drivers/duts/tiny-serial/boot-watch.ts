import type { TinyMessage } from './protocol.ts';

/** Tells boots that somebody waits for from those that nobody asked for. */
export class BootWatch {
  #isBooting = false;
  #isExpected = true;
  #mode: 'performance' | 'energy' | undefined;

  /** Firmware mode of the last boot banner, where one was seen. */
  get mode(): 'performance' | 'energy' | undefined {
    return this.#mode;
  }

  get isExpected(): boolean {
    return this.#isExpected;
  }

  expect(isExpected: boolean): void {
    this.#isExpected = isExpected;
  }

  /**
   * Takes one message; each boot is told once: by its mode line, or by `m-init-done` where that line was lost.
   *
   * @returns whether it tells of a boot that nobody expects
   */
  isUnexpectedBoot(message: TinyMessage): boolean {
    if (message.kind !== 'mode' && message.kind !== 'init-done') return false;
    if (message.kind === 'mode') this.#mode = message.mode;
    const isSameBoot = message.kind === 'init-done' && this.#isBooting;
    this.#isBooting = message.kind === 'mode';
    return !isSameBoot && !this.#isExpected;
  }
}
